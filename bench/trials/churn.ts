/** churn: the cost of changing what is watched. */
import { FDS, nanoseconds, opening, type Trial } from './trial.js';

export const churn: Trial = {
  name: 'churn',
  title: 'Registering and unregistering a descriptor, and changing what it is watched for',
  figures: [nanoseconds('time per operation')],
  brief: 1,
  along: 'fds',
  server: false,
  sizes: { fds: { headline: [1000], full: FDS.full } },
  workloads: ({ fds = [] }) =>
    fds.flatMap((n) => ['register', 'modify'].map((operation) => ({ operation, fds: n }))),
  group: ({ operation }) => `${operation}`,
  overhead: ({ fds }) => opening(Number(fds)),
  charts: [],
};
