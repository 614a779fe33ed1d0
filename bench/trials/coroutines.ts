/** coroutines: tasks that switch where they wait. */
import type { Trial, Workload } from './trial.js';

/** What each measures, by the name its programs know it by, with how many tasks. */
const MEASUREMENTS: readonly Workload[] = [
  { trial: 'switch', tasks: 2 },
  { trial: 'memory', tasks: 100_000 },
  { trial: 'timers', tasks: 100_000 },
  { trial: 'echo', tasks: 1000, connections: 1000, bytes: 64 },
];

export const isEcho = ({ trial }: Workload): boolean => trial === 'echo';

export const coroutines: Trial = {
  name: 'coroutines',
  title: 'Tasks: a switch, one that sleeps, its timer, and one for each connection of an echo server',
  figures: [
    { name: 'ns', title: 'time for each', unit: 'ns', better: 'less' },
    { name: 'bytes', title: 'memory for each', unit: 'bytes', better: 'less' },
    { name: 'cpu', title: "the server's CPU time per request", unit: 'ns', better: 'less' },
    { name: 'requests', title: 'requests per second', unit: 'per second', better: 'more' },
  ],
  brief: 4,
  along: 'tasks',
  server: isEcho,
  sizes: {},
  workloads: () => [...MEASUREMENTS],
  group: ({ trial }) => `${trial}`,
  // The others take a second or two whatever they are told.
  overhead: (workload) => (isEcho(workload) ? 300 : 1500),
  charts: [],
};
