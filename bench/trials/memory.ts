/** memory: what a registration keeps. */
import { opening, type Trial } from './trial.js';

/** Milliseconds that a subject never spends here: it counts bytes and ends. */
const UNTIMED_MS = -200;

export const memory: Trial = {
  name: 'memory',
  title: 'What the process grows by for each descriptor registered',
  figures: [{ name: 'bytes', title: 'bytes per descriptor', unit: 'bytes', better: 'less' }],
  brief: 1,
  along: 'fds',
  server: false,
  sizes: { fds: { headline: [1000], full: [8000] } },
  workloads: ({ fds = [] }) => fds.map((n) => ({ fds: n })),
  group: () => '',
  overhead: ({ fds }) => opening(Number(fds)) + UNTIMED_MS,
  charts: [],
};
