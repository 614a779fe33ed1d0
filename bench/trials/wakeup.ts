/** wakeup: the cost of waiting on an event loop. */
import { nanoseconds, opening, type Trial } from './trial.js';

export const wakeup: Trial = {
  name: 'wakeup',
  title: 'A byte written to oneself and one asynchronous wake-up for it',
  figures: [nanoseconds('time per wake-up')],
  brief: 1,
  along: 'when',
  server: false,
  sizes: {},
  workloads: () => [{ when: 'before' }, { when: 'after' }],
  group: () => '',
  overhead: () => opening(1),
  charts: [],
};
