/** idle: the cost of watching. */
import { BY_FDS, chartOfCalls, distinct, nanoseconds, opening, type Trial } from './trial.js';

const chart = (name: string, ready: number | 'all') =>
  chartOfCalls(
    {
      name,
      title: `idle, ${ready} ready`,
      subtitle: 'Time of one select(0); less is better',
      along: 'descriptors registered',
    },
    'ready',
    ready,
  );

export const idle: Trial = {
  name: 'idle',
  title: 'One select(0) with N descriptors registered and K ready',
  figures: [nanoseconds('time per call')],
  ...BY_FDS,
  workloads: ({ fds = [] }, full) =>
    fds.flatMap((n) =>
      distinct(full ? [0, 1, 100, n] : [0], n).map((ready) => ({
        readiness: full && ready === n ? 'all' : `${ready}`,
        fds: n,
        ready,
      })),
    ),
  group: ({ readiness }) => `${readiness} ready`,
  overhead: ({ fds }) => opening(Number(fds)),
  charts: [chart('idle', 0), chart('idle-all', 'all')],
};
