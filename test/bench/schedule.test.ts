import { describe, expect, it } from 'vitest';
import type { Cell, Round } from '../../bench/cell.js';
import { Schedule } from '../../bench/schedule.js';
import { subjects } from '../../bench/subjects.js';
import { trials } from '../../bench/trials.js';

type Script = Partial<{ handoff: number; calibration: number; foreign: number; skipped: string }>;

const NEAR = 50;
const FAR = 300;
/** What a second try takes on the clock of the test. */
const ROUND_MS = 100;

function cellOf(name: string, trial: 'chain' | 'echo'): Cell {
  const subject = subjects.find((one) => one.name === name);
  if (subject === undefined) throw new Error(`there is no subject ${name}`);
  return { trial: trials[trial], workload: {}, subject, command: { words: [], version: '' }, rounds: [] };
}

/** A schedule whose rounds find what the script says, one after the other, then a quiet machine. */
function scheduleOf(script: readonly Script[], { rounds = 1, patience = 10_000, distances = [NEAR] } = {}) {
  const order: string[] = [];
  const left = [...script];
  const paused: number[] = [];
  const controller = new AbortController();
  let time = 0;
  const world = {
    run: async ({ subject }: Cell): Promise<Round> => {
      order.push(subject.name);
      time += ROUND_MS;
      const { handoff = NEAR, calibration = 1, foreign = 0, skipped } = left.shift() ?? {};
      const answer = { figures: { ns: order.length }, ...(skipped === undefined ? {} : { skipped }) };
      return { answer, conditions: { foreign, calibration, handoff } };
    },
    handoff: () => (distances.length > 1 ? distances.shift() : distances[0]),
    pause: async (ms: number) => paused.push(ms),
    now: () => time,
    onDone: () => {
      if (order.length === abortAfter) controller.abort();
    },
  };
  let abortAfter = -1;
  return {
    schedule: new Schedule(world, rounds, patience, controller.signal),
    order,
    paused,
    abortAfter: (count: number) => {
      abortAfter = count;
    },
  };
}

const found = ({ rounds }: Cell) => rounds.map(({ answer }) => answer.figures['ns']);

describe('the schedule', () => {
  it('goes forwards and backwards in turn', async () => {
    const [a, b] = [cellOf('ours-epoll', 'chain'), cellOf('c-epoll', 'chain')];
    const { schedule, order } = scheduleOf([], { rounds: 3 });
    await schedule.run([a, b]);
    expect(order).toEqual(['ours-epoll', 'c-epoll', 'c-epoll', 'ours-epoll', 'ours-epoll', 'c-epoll']);
    expect([found(a), found(b)]).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
    expect(schedule.replaced).toBe(0);
  });

  it('asks nobody again who cannot', async () => {
    const [a, b] = [cellOf('ours-select', 'chain'), cellOf('c-epoll', 'chain')];
    const { schedule, order } = scheduleOf([{ skipped: 'too many' }], { rounds: 2 });
    await schedule.run([a, b]);
    expect(order).toEqual(['ours-select', 'c-epoll', 'c-epoll']);
  });

  it('runs disturbed rounds a second time, and keeps the quiet ones', async () => {
    const cell = cellOf('ours-epoll', 'chain');
    const { schedule } = scheduleOf([{}, { foreign: 1 }, { calibration: 2 }], { rounds: 4 });
    await schedule.run([cell]);
    expect(found(cell)).toEqual([1, 5, 6, 4]);
    expect(schedule.replaced).toBe(2);
  });

  it('keeps a disturbed round when the second try is no better, or fails', async () => {
    const cell = cellOf('ours-epoll', 'chain');
    const { schedule, order } = scheduleOf([{}, { foreign: 1 }, { foreign: 2 }], { rounds: 2 });
    await schedule.run([cell]);
    expect(found(cell)).toEqual([1, 2]);
    expect(order).toHaveLength(3);
    const other = cellOf('ours-epoll', 'chain');
    await scheduleOf([{}, { foreign: 1 }, { skipped: 'failed' }], { rounds: 2 }).schedule.run([other]);
    expect(found(other)).toEqual([1, 2]);
  });

  it('stops trying when its patience is at an end', async () => {
    const cell = cellOf('ours-epoll', 'chain');
    const noisy = Array.from({ length: 9 }, () => ({ foreign: 1 }));
    const { schedule } = scheduleOf(noisy, { rounds: 9, patience: 2 * ROUND_MS });
    await schedule.run([cell]);
    expect(schedule.replaced).toBe(2);
    const hasty = cellOf('ours-epoll', 'chain');
    await scheduleOf(noisy, { rounds: 9, patience: 0 }).schedule.run([hasty]);
    expect(hasty.rounds).toHaveLength(9);
  });

  it('waits for near cores before a server, as long as it has patience', async () => {
    const [a, b] = [cellOf('ours-epoll', 'echo'), cellOf('c-epoll', 'echo')];
    const near = scheduleOf([], { distances: [NEAR, FAR, FAR, NEAR] });
    await near.schedule.run([a, b]);
    expect(near.paused).toHaveLength(2);
    const far = scheduleOf([], { distances: [NEAR, FAR], patience: 1_200 });
    await far.schedule.run([cellOf('ours-epoll', 'echo'), cellOf('c-epoll', 'echo')]);
    expect(far.paused).toHaveLength(3);
    expect(far.order).toHaveLength(2);
  });

  it('never waits for what needs one core', async () => {
    const { schedule, paused } = scheduleOf([], { distances: [NEAR, FAR], rounds: 3 });
    await schedule.run([cellOf('ours-epoll', 'chain')]);
    expect(paused).toEqual([]);
  });

  it('ends when it is aborted, and keeps what it has', async () => {
    const cell = cellOf('ours-epoll', 'chain');
    const run = scheduleOf([{ foreign: 1 }], { rounds: 9 });
    run.abortAfter(3);
    await run.schedule.run([cell]);
    expect(found(cell)).toEqual([1, 2, 3]);
    expect(run.order).toHaveLength(3);
  });
});
