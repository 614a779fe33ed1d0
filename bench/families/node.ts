/** Node itself, and npm packages. */
import { type Subject, script } from '../subject.js';

export const node: readonly Subject[] = [
  {
    name: 'node-net',
    label: 'node:net',
    trials: ['chain', 'echo', 'wakeup'],
    main: ['chain', 'echo', 'wakeup'],
    backend: 'epoll',
    command: (_, trial) => script(`node/${trial}`),
  },
  {
    name: 'async-await',
    label: 'async/await',
    trials: ['coroutines'],
    main: ['coroutines'],
    backend: 'epoll',
    command: () => script('node/coroutines'),
  },
  {
    name: 'npm-epoll',
    label: 'npm epoll',
    trials: ['chain', 'churn', 'wakeup'],
    main: ['chain', 'churn', 'wakeup'],
    backend: 'epoll',
    command: (tools) => tools.npm('epoll', script('node/epoll')),
  },
  {
    name: 'set-immediate',
    label: 'setImmediate',
    trials: ['wakeup'],
    main: ['wakeup'],
    backend: 'epoll',
    command: () => script('node/immediate'),
  },
];
