import { describe, expect, it } from 'vitest';
import { type Case, describeCase, expectedMs, type Round } from '../../bench/case.js';
import type { Table } from '../../bench/plan.js';
import { progressLine } from '../../bench/progress.js';
import { type Position, Schedule } from '../../bench/schedule.js';
import { subjects } from '../../bench/subjects.js';
import { TRIALS, type TrialName, trials } from '../../bench/trials/index.js';

type Script = Partial<{ calibration: number; foreign: number; skipped: string }>;

function caseOf(name: string, trial: TrialName = 'chain', workload = {}): Case {
  const subject = subjects.find((one) => one.name === name);
  if (subject === undefined) throw new Error(`There is no subject ${name}`);
  return { trial: trials[trial], workload, subject, command: { words: [], version: '' }, rounds: [] };
}

/** What a round takes on the clock of the test. */
const ROUND_MS = 100;

interface World {
  readonly script?: readonly Script[];
  readonly rounds?: number;
  readonly ms?: number;
  readonly abortAfter?: number;
  /** What a round of a case really takes. */
  readonly takes?: (one: Case) => number;
  readonly presume?: (one: Case) => number;
}

/** A schedule whose rounds find what the script says, one after the other, then a quiet machine. */
function scheduleOf(tables: readonly Table[], world: World = {}) {
  const { script = [], rounds = 1, ms = Infinity, abortAfter = -1, takes = () => ROUND_MS } = world;
  const order: string[] = [];
  const positions: (Position & { at: number })[] = [];
  const left = [...script];
  const controller = new AbortController();
  let time = 0;
  const runner = {
    run: async (one: Case): Promise<Round> => {
      order.push(one.subject.name);
      time += takes(one);
      const { calibration = 1, foreign = 0, skipped } = left.shift() ?? {};
      const answer = { figures: { ns: order.length }, ...(skipped === undefined ? {} : { skipped }) };
      if (order.length === abortAfter) controller.abort();
      return { answer, conditions: { foreign, calibration } };
    },
    presume: world.presume ?? (() => ROUND_MS),
    now: () => time,
    onBegin: (_: Case, position: Position) => positions.push({ ...position, at: time }),
  };
  const schedule = new Schedule(tables, runner, { rounds, ms }, controller.signal);
  return { schedule, order, positions, elapsed: () => time };
}

const found = ({ rounds }: Case) => rounds.map(({ answer }) => answer.figures['ns']);

describe('the schedule', () => {
  it('runs all tables once, then all again, forwards and backwards in turn', async () => {
    const [a, b, c] = [caseOf('ours-epoll'), caseOf('c-epoll'), caseOf('ours-poll')];
    const { schedule, order } = scheduleOf([[a, b], [c]], { rounds: 2 });
    await schedule.run();
    expect(order).toEqual(['ours-epoll', 'c-epoll', 'ours-poll', 'c-epoll', 'ours-epoll', 'ours-poll']);
    expect([a, b, c].map(found)).toEqual([
      [1, 5],
      [2, 4],
      [3, 6],
    ]);
    expect([schedule.rounds, schedule.replaced]).toEqual([2, 0]);
  });

  it('does not ask again who cannot', async () => {
    const [a, b] = [caseOf('ours-select'), caseOf('c-epoll')];
    const { schedule, order } = scheduleOf([[a, b]], { script: [{ skipped: 'too many' }], rounds: 2 });
    await schedule.run();
    expect(order).toEqual(['ours-select', 'c-epoll', 'c-epoll']);
  });

  it('begins nothing that would end after the limit, but completes the first round', async () => {
    const run = async (ms: number) => {
      const { schedule, elapsed } = scheduleOf([[caseOf('ours-epoll'), caseOf('c-epoll')]], {
        rounds: 9,
        ms,
      });
      await schedule.run();
      return [schedule.rounds, elapsed()];
    };
    expect(await run(650)).toEqual([3, 600]);
    expect(await run(600)).toEqual([3, 600]);
    expect(await run(599)).toEqual([2, 500]);
    expect(await run(1)).toEqual([1, 200]);
  });

  it('ends within a round, and says so', async () => {
    const cases = ['ours-epoll', 'c-epoll', 'ours-poll'].map((name) => caseOf(name));
    const [a, b, c] = cases as [Case, Case, Case];
    const { schedule } = scheduleOf([[a, b], [c]], { rounds: 9, ms: 500 });
    await schedule.run();
    expect(cases.map(({ rounds }) => rounds.length)).toEqual([2, 2, 1]);
    expect([schedule.rounds, schedule.partial]).toEqual([1, true]);
  });

  it('runs disturbed rounds a second time, for a tenth of the time, and keeps the quiet ones', async () => {
    const one = caseOf('ours-epoll');
    const script = [{}, { foreign: 1 }, { calibration: 2 }];
    const { schedule, order } = scheduleOf([[one]], { script, rounds: 19 });
    await schedule.run();
    expect(order).toHaveLength(20);
    expect(found(one).slice(0, 3)).toEqual([1, 20, 3]);
    expect(schedule.replaced).toBe(1);
  });

  it('keeps a disturbed round when the second try is no better, or fails', async () => {
    for (const second of [{ foreign: 2 }, { skipped: 'failed' }]) {
      const one = caseOf('ours-epoll');
      const quiet = Array.from({ length: 9 }, () => ({}));
      const { schedule, order } = scheduleOf([[one]], {
        script: [{ foreign: 1 }, ...quiet, second],
        rounds: 10,
      });
      await schedule.run();
      expect(order).toHaveLength(11);
      expect(found(one)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(schedule.replaced).toBe(0);
    }
  });

  it('ends when it is aborted, and keeps what it has', async () => {
    const one = caseOf('ours-epoll');
    const { schedule, order } = scheduleOf([[one]], { rounds: 9, abortAfter: 4 });
    await schedule.run();
    expect(found(one)).toEqual([1, 2, 3]);
    expect(order).toHaveLength(4);
  });
});

describe('the estimate', () => {
  const workloads = [10, 100, 1000, 8000].map((fds) => ({ activity: '1', fds, active: 1 }));
  const chains = workloads.map((workload): Table => {
    const [first, ...others] = ['ours', 'c', 'cpython'].flatMap((who) =>
      ['select', 'poll', 'epoll'].map((call) => caseOf(`${who}-${call}`, 'chain', workload)),
    );
    return [first as Case, ...others];
  });
  const echoes: Table = [caseOf('ours-epoll', 'echo', { connections: 100, bytes: 64 })];

  /** The share by which the estimate missed the whole time, at worst, from a tenth of the way on. */
  async function worst(world: World): Promise<number> {
    const tables = [...chains, echoes].map(
      (table) => table.map((one) => ({ ...one, rounds: [] })) as unknown as Table,
    );
    const presume = (one: Case) => expectedMs(one, 100);
    const { schedule, positions, elapsed } = scheduleOf(tables, { presume, rounds: 3, ...world });
    await schedule.run();
    const errors = positions
      .filter(({ at }) => at >= elapsed() / 10)
      .map(({ at, leftMs }) => Math.abs(at + leftMs - elapsed()) / elapsed());
    return Math.max(...errors);
  }

  it.each([
    ['as fast as presumed', (one: Case) => expectedMs(one, 100)],
    ['half as fast', (one: Case) => 2 * expectedMs(one, 100)],
    ['slower with each process', (one: Case) => 150 + expectedMs(one, 100)],
    ['slow at Python', (one: Case) => (/python/.test(one.subject.name) ? 1.5 : 1) * expectedMs(one, 100)],
  ])('is within a fifth from a tenth of the way on, on a machine that is %s', async (_, takes) => {
    expect(await worst({ takes })).toBeLessThan(0.2);
  });

  it.each([0.9, 1, 1.5, 1.9, 2, 2.1])('is honest with a limit of %d rounds, too', async (rounds) => {
    const takes = (one: Case) => 1.4 * expectedMs(one, 100);
    const round = [...chains, echoes].flat().reduce((sum, one) => sum + takes(one), 0);
    expect(await worst({ takes, ms: rounds * round })).toBeLessThan(0.2);
  });

  it('counts second tries in, where rounds are disturbed', async () => {
    const script = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? {} : { foreign: 1 }));
    const takes = (one: Case) => expectedMs(one, 100);
    expect(await worst({ takes, script })).toBeLessThan(0.2);
  });

  it('is not more than the limit', () => {
    const { schedule } = scheduleOf([[caseOf('ours-epoll')]], { rounds: 100, ms: 1000 });
    expect(schedule.position()).toEqual({ done: 0, leftMs: 10 * ROUND_MS });
  });
});

describe('progress', () => {
  it('names what runs in 80 columns', () => {
    const sizes = { fds: [8000], connections: [8000], bytes: [16384] };
    for (const name of TRIALS) {
      for (const workload of trials[name].workloads(sizes, true)) {
        for (const subject of subjects.filter((one) => one.trials.includes(name))) {
          const what = describeCase(caseOf(subject.name, name, workload));
          const line = progressLine({ done: 1, leftMs: 5_999_000 }, what);
          expect(line).toContain(what);
          expect(line.length).toBeLessThan(80);
        }
      }
    }
  });

  it('is cut where the terminal is narrower', () => {
    const line = progressLine({ done: 0.126, leftMs: 184_200 }, 'chain: ours-epoll, 1 active', 40);
    expect(line).toBe('█░░░░░░░  12 %  3:05 left  chain: ours…');
  });
});
