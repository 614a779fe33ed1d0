/** Node itself, and npm packages. */
import { type Subject, script } from '../subject.js';

export const node: readonly Subject[] = [
  {
    name: 'node-net',
    label: 'node:net',
    trials: ['chain', 'echo', 'wakeup'],
    command: (_, trial) => script(`node/${trial}`),
  },
  {
    name: 'async-await',
    label: 'async/await',
    trials: ['coroutines'],
    command: () => script('node/coroutines'),
  },
  {
    name: 'npm-epoll',
    label: 'npm epoll',
    trials: ['chain', 'churn', 'wakeup'],
    command: (tools) => tools.npm('epoll', script('node/epoll')),
  },
  {
    name: 'set-immediate',
    label: 'setImmediate',
    trials: ['wakeup'],
    command: () => script('node/immediate'),
  },
];
