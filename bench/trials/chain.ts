/** chain: libevent's classic benchmark. */
import { BY_FDS, chartOfCalls, distinct, nanoseconds, opening, type Trial, type Workload } from './trial.js';

/** A run of the chain has at least this many writes, and ten for each active pair. */
const WRITES = 200;
/** Milliseconds that select and poll spend on each descriptor in the fewest events of a process. */
const SCAN_MS = 0.1;

const chart = (name: string, active: number | 'all') =>
  chartOfCalls(
    {
      name,
      title: `chain, ${active} active`,
      subtitle: 'Time per event, a byte passed along socket pairs; less is better',
      along: 'socket pairs registered',
    },
    'active',
    active,
  );

function workload(fds: number, active: number, activity = `${active}`): Workload {
  return { activity, fds, active, writes: Math.max(WRITES, 10 * active) };
}

export const chain: Trial = {
  name: 'chain',
  title: 'A byte passed along N socket pairs, A of them active at a time',
  figures: [nanoseconds('time per event')],
  ...BY_FDS,
  workloads: ({ fds = [] }, full) =>
    fds.flatMap((n) =>
      distinct(full ? [1, 10, 100, n] : [1], n).map((active) =>
        // "all" is a line of its own in the chart, also where N is 100.
        full && active === n ? workload(n, active, 'all') : workload(n, active),
      ),
    ),
  // A batch or a ring makes few calls for many events.
  extra: [workload(1000, 100)],
  group: ({ activity }) => `${activity} active`,
  overhead: ({ fds }, backend) =>
    opening(Number(fds)) + (backend === 'select' || backend === 'poll' ? SCAN_MS * Number(fds) : 0),
  charts: [chart('chain', 1), chart('chain-100', 100), chart('chain-all', 'all')],
};
