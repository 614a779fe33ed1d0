/** fd-selectors itself. */
import { BACKENDS, loopTrials, mainTrials, type Subject, script, withoutTasks } from '../subject.js';

const selectors: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}`,
  label: `fd-selectors ${backend}`,
  trials: loopTrials(backend),
  main: mainTrials(backend),
  does: withoutTasks,
  backend,
  command: (_, trial) => script(`ours/${trial === 'coroutines' ? 'echo' : trial}`, `backend=${backend}`),
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

const batch: Subject = {
  name: 'ours-batch',
  label: 'fd-selectors batch',
  trials: ['chain', 'echo'],
  main: ['echo'],
  backend: 'epoll',
  command: (_, trial) => script('ours/batch', `trial=${trial}`),
};

const models: Subject = {
  name: 'ours-models',
  label: 'fd-selectors',
  trials: ['models'],
  main: ['models'],
  backend: 'epoll',
  command: () => script('ours/models'),
};

const coroutines: Subject = {
  name: 'ours-coroutines',
  label: 'fd-selectors coroutines',
  trials: ['coroutines'],
  main: ['coroutines'],
  backend: 'epoll',
  command: () => script('ours/coroutines'),
};

export const ours: readonly Subject[] = [...selectors, ...plainFds, onNodesLoop, batch, models, coroutines];
