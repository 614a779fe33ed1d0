/** CPython's selectors, and the event loops of Python. */
import { BACKENDS, LOOP_TRIALS, mainTrials, type Subject } from '../subject.js';
import type { TrialName } from '../trials/index.js';

const cpython: Subject[] = BACKENDS.map((backend) => ({
  name: `cpython-${backend}`,
  label: `CPython ${backend}`,
  trials: LOOP_TRIALS,
  main: mainTrials(backend),
  backend,
  command: (tools) => tools.python('cpython.py', 'selectors', `backend=${backend}`),
}));

const models: Subject = {
  name: 'cpython-models',
  label: 'CPython',
  trials: ['models'],
  command: (tools) => tools.python('models.py', 'socket'),
};

/** A library in Python; its module has its name. */
function library(name: string, trials: readonly TrialName[], file: string, ...words: string[]): Subject {
  return {
    name,
    label: name,
    trials,
    main: trials.filter((trial) => trial !== 'chain'),
    command: (tools, trial) =>
      trial === 'coroutines'
        ? tools.python('coroutines.py', name, `loop=${name}`)
        : tools.python(file, name, ...words),
  };
}

export const python: readonly Subject[] = [
  ...cpython,
  library('asyncio', ['chain', 'echo', 'churn', 'wakeup', 'memory', 'coroutines'], 'aio.py'),
  library('uvloop', ['chain', 'echo', 'wakeup', 'memory'], 'aio.py', 'loop=uvloop'),
  library('gevent', ['chain', 'echo', 'memory', 'coroutines'], 'greenlets.py'),
  models,
];
