/** echo: a server in one thread. */
import type { ChartPlan, LinePlan, Trial } from './trial.js';

const LINES: readonly LinePlan[] = [
  { subject: 'c-epoll', label: 'C epoll', hue: 'epoll', stroke: 'c' },
  { subject: 'c-uring', label: 'C io_uring', hue: 'uring', stroke: 'c' },
  { subject: 'ours-epoll', label: 'fd-selectors', hue: 'epoll', stroke: 'ours' },
  { subject: 'ours-batch', label: 'fd-selectors batch', hue: 'epoll', stroke: 'peer' },
  { subject: 'ours-ring', label: 'fd-selectors ring', hue: 'uring', stroke: 'ours' },
  { subject: 'node-net', label: 'node:net', hue: 'node', stroke: 'ours' },
  { subject: 'cpython-epoll', label: 'CPython', hue: 'python', stroke: 'ours' },
  { subject: 'uvloop', label: 'uvloop', hue: 'other', stroke: 'peer' },
  { subject: 'asyncio', label: 'asyncio', hue: 'other', stroke: 'peer' },
  { subject: 'gevent', label: 'gevent', hue: 'other', stroke: 'peer' },
];

function chart(name: string, bytes: number, size: string): ChartPlan {
  return {
    name,
    title: `echo, ${size}`,
    subtitle: "The server's CPU time per request; less is better",
    along: 'connections',
    lines: LINES,
    legend: [],
    shows: (workload) => workload['bytes'] === bytes,
  };
}

export const echo: Trial = {
  name: 'echo',
  title: 'An echo server in one thread, under load from another process on the same core',
  figures: [
    { name: 'cpu', title: "the server's CPU time per request", unit: 'ns', better: 'less' },
    { name: 'requests', title: 'requests per second', unit: 'per second', better: 'more' },
    { name: 'p50', title: 'median latency', unit: 'ns', better: 'less' },
    { name: 'p99', title: '99th percentile of latency', unit: 'ns', better: 'less' },
  ],
  brief: 2,
  along: 'connections',
  server: true,
  sizes: {
    connections: { headline: [1, 100, 1000], full: [1, 100, 1000, 8000] },
    bytes: { headline: [64], full: [64, 16384] },
  },
  workloads: ({ connections = [], bytes = [] }) =>
    bytes.flatMap((size) => connections.map((count) => ({ bytes: size, connections: count }))),
  extra: [{ bytes: 16384, connections: 100 }],
  group: ({ bytes }) => `${bytes} bytes`,
  overhead: ({ connections }) => 200 + Number(connections) * 0.1,
  charts: [chart('echo', 64, '64 bytes'), chart('echo-16k', 16384, '16 KiB')],
};
