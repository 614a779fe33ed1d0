import { describe, expect, it } from 'vitest';
import { type Case, describeGroup, expectedMs, type Group, type Round } from '../../bench/case.js';
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

/** What a subject says that was ended. */
const ABORTED = { figures: {}, skipped: 'failed: no answer' };
/** What a round takes on the clock of the test. */
const ROUND_MS = 100;

interface World {
  readonly script?: readonly Script[];
  readonly rounds?: number;
  readonly ms?: number;
  readonly abortAfter?: number;
  /** What a round of a group really takes. */
  readonly takes?: (group: Group) => number;
  readonly presume?: (group: Group) => number;
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
    run: async (group: Group, onTurn: () => void): Promise<Round[]> => {
      order.push(group.map(({ subject }) => subject.name).join(' '));
      time += takes(group) / 2;
      onTurn();
      time += takes(group) / 2;
      if (order.length === abortAfter) controller.abort();
      return group.map((): Round => {
        const { calibration = 1, foreign = 0, skipped } = left.shift() ?? {};
        if (controller.signal.aborted) return { answer: ABORTED, conditions: { foreign, calibration } };
        const answer = { figures: { ns: order.length }, ...(skipped === undefined ? {} : { skipped }) };
        return { answer, conditions: { foreign, calibration } };
      });
    },
    presume: world.presume ?? (() => ROUND_MS),
    now: () => time,
    onProgress: (_: Group, position: Position) => positions.push({ ...position, at: time }),
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
    expect(schedule.rounds).toBe(2);
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

  it('runs the servers of a workload at once, and in the first round only', async () => {
    const servers: Table = [caseOf('ours-epoll', 'echo'), caseOf('c-epoll', 'echo')];
    const { schedule, order } = scheduleOf([servers, [caseOf('ours-poll')]], { rounds: 3 });
    await schedule.run();
    expect(order).toEqual(['ours-epoll c-epoll', 'ours-poll', 'ours-poll', 'ours-poll']);
    expect(servers.map(found)).toEqual([[1], [1]]);
    expect(schedule.rounds).toBe(3);
  });

  it('has one round where there are only servers', async () => {
    const { schedule, order } = scheduleOf([[caseOf('ours-epoll', 'echo')]], { rounds: 3 });
    await schedule.run();
    expect([schedule.most, schedule.rounds, order.length]).toEqual([1, 1, 1]);
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
  const echoes = [1, 100, 1000].map((connections): Table => {
    const [first, ...others] = ['ours', 'c', 'cpython'].map((who) =>
      caseOf(`${who}-epoll`, 'echo', { connections, bytes: 64 }),
    );
    return [first as Case, ...others];
  });

  /** The share by which the estimate missed the whole time, at worst, from a tenth of the way on. */
  async function worst(world: World): Promise<number> {
    const tables = [...chains, ...echoes].map(
      (table) => table.map((one) => ({ ...one, rounds: [] })) as unknown as Table,
    );
    const presume = (group: Group) => expectedMs(group, 100);
    const { schedule, positions, elapsed } = scheduleOf(tables, { presume, rounds: 3, ...world });
    await schedule.run();
    const errors = positions
      .filter(({ at }) => at >= elapsed() / 10)
      .map(({ at, leftMs }) => Math.abs(at + leftMs - elapsed()) / elapsed());
    return Math.max(...errors);
  }

  it.each([
    ['as fast as presumed', (group: Group) => expectedMs(group, 100)],
    ['half as fast', (group: Group) => 2 * expectedMs(group, 100)],
    ['slower with each process', (group: Group) => 150 * group.length + expectedMs(group, 100)],
    [
      'slow at Python',
      (group: Group) => (/python/.test(group[0].subject.name) ? 1.5 : 1) * expectedMs(group, 100),
    ],
  ])('is within a fifth from a tenth of the way on, on a machine that is %s', async (_, takes) => {
    expect(await worst({ takes })).toBeLessThan(0.2);
  });

  it.each([0.9, 1, 1.5, 1.9, 2, 2.1])('is honest with a limit of %d rounds, too', async (rounds) => {
    const takes = (group: Group) => 1.4 * expectedMs(group, 100);
    const singles = chains.flat().map((one): Group => [one]);
    const once = (groups: readonly Group[]) => groups.reduce((sum, group) => sum + takes(group), 0);
    expect(await worst({ takes, ms: once(echoes) + rounds * once(singles) })).toBeLessThan(0.2);
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
          const what = describeGroup([caseOf(subject.name, name, workload)]);
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
