/** idle: the cost of watching. */
import { type ChartPlan, callChart, distinct, FDS, nanoseconds, opening, type Trial } from './trial.js';

function chart(name: string, ready: number | 'all'): ChartPlan {
  return {
    name,
    title: `idle, ${ready} ready`,
    subtitle: 'Time of one select(0); less is better',
    along: 'descriptors registered',
    ...callChart,
    shows: (workload) => workload['ready'] === (ready === 'all' ? workload['fds'] : ready),
  };
}

export const idle: Trial = {
  name: 'idle',
  title: 'One select(0) with N descriptors registered and K ready',
  figures: [nanoseconds('time per call')],
  brief: 1,
  along: 'fds',
  server: false,
  sizes: { fds: FDS },
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
