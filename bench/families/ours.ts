/** fd-selectors itself. */
import { BACKENDS, LOOP_TRIALS, mainTrials, type Subject, script } from '../subject.js';

const selectors: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}`,
  label: `fd-selectors ${backend}`,
  trials: LOOP_TRIALS,
  main: mainTrials(backend),
  backend,
  command: (_, trial) => script(`ours/${trial}`, `backend=${backend}`),
}));

/** The same with read and write instead of recv and send. */
const plainFds: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}-fds`,
  label: `fd-selectors ${backend}, fds`,
  trials: ['chain'],
  main: [],
  backend,
  command: () => script('ours/chain-fds', `backend=${backend}`),
}));

const onNodesLoop: Subject = {
  name: 'ours-async',
  label: 'fd-selectors async',
  trials: ['chain', 'echo', 'wakeup'],
  main: ['echo', 'wakeup'],
  backend: 'epoll',
  command: (_, trial) =>
    trial === 'echo'
      ? script('ours/echo', 'wait=async')
      : script(`ours/${trial === 'chain' ? 'async' : trial}`),
};

const models: Subject = {
  name: 'ours-models',
  label: 'fd-selectors',
  trials: ['models'],
  main: ['models'],
  backend: 'epoll',
  command: () => script('ours/models'),
};

export const ours: readonly Subject[] = [...selectors, ...plainFds, onNodesLoop, models];
