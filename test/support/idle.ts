/**
 * Whether a wait sleeps. One measurement tells little: what else goes on in the process, or a machine that is busy,
 * takes its time too. What spins does so in every round, so the round in which least was done decides.
 */

/** Rounds after which a wait that has not slept is taken for a spin. */
const ROUNDS = 10;

/** Below this share of the time, a round was idle. */
export const IDLE = 0.5;

/** Starts to measure; what it returns tells the share of the time in which this process has had a CPU since. */
export function cpuShare(): () => number {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e3 / (performance.now() - start);
  };
}

/** The same for the event loop: the share in which it was not idle, however little of a CPU it got. */
export function loopShare(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
}

/** Waits until a round was idle, and returns the least share; `wait` is called once for each round. */
export async function leastShare(wait: () => unknown, measure = cpuShare): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS && least >= IDLE; round++) {
    const share = measure();
    await wait();
    least = Math.min(least, share());
  }
  return least;
}

/** The same in a coroutine. */
export function* leastShareOf<T>(wait: () => Generator<T, unknown, unknown>): Generator<T, number, unknown> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS && least >= IDLE; round++) {
    const share = cpuShare();
    yield* wait();
    least = Math.min(least, share());
  }
  return least;
}
