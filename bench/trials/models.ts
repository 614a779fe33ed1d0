/** models: the architectures of a server. */
import type { Trial } from './trial.js';

const MODELS = ['process', 'thread', 'pool', 'select', 'poll', 'epoll'] as const;
/** Few: a Node process for each of them takes time and memory. */
const CONNECTIONS = 20;
/** Longer than usual: a new process for each connection takes its time, and has nothing in the caches. */
const TURN = { ms: 1000, leadMs: 0 };
/** Milliseconds that the first and the last processes and workers of Node take, on average of all subjects. */
const STARTING_MS = 4000;
/** Each worker of a pool compiles for itself, and gets a twentieth of the requests to find out what. */
const POOL_WARMUP_MS = 5000;

export const models: Trial = {
  name: 'models',
  title: 'An echo server of each architecture, one connection for each request',
  figures: [
    { name: 'requests', title: 'requests per second', unit: 'per second', better: 'more' },
    { name: 'bytes', title: 'memory per open connection', unit: 'bytes', better: 'less' },
    { name: 'startup', title: 'until the first reply', unit: 'ns', better: 'less' },
  ],
  brief: 3,
  along: 'model',
  server: true,
  sizes: {},
  workloads: () => MODELS.map((model) => ({ model, connections: CONNECTIONS, bytes: 64, reconnect: 1 })),
  turn: TURN,
  warmup: ({ model }) => (model === 'pool' ? POOL_WARMUP_MS : undefined),
  group: () => '',
  overhead: ({ model }) => (model === 'process' || model === 'thread' ? STARTING_MS : 700),
  charts: [],
};
