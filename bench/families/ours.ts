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

const onNodesLoop: Subject = {
  name: 'ours-async',
  label: 'fd-selectors async',
  trials: ['echo', 'wakeup'],
  command: (_, trial) => script(`ours/${trial}`, 'wait=async'),
};

const ring: Subject = {
  name: 'ours-ring',
  label: 'fd-selectors ring',
  trials: ['chain', 'echo'],
  command: (_, trial) => script(`ours/ring-${trial}`),
};

const batch: Subject = {
  name: 'ours-batch',
  label: 'fd-selectors batch',
  trials: ['chain', 'echo'],
  command: (_, trial) => script('ours/batch', `trial=${trial}`),
};

const models: Subject = {
  name: 'ours-models',
  label: 'fd-selectors',
  trials: ['models'],
  command: () => script('ours/models'),
};

const coroutines: Subject = {
  name: 'ours-coroutines',
  label: 'fd-selectors coroutines',
  trials: ['coroutines'],
  command: () => script('ours/coroutines'),
};

export const ours: readonly Subject[] = [...selectors, onNodesLoop, batch, ring, models, coroutines];
