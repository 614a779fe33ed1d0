/** Loops in C, and the C libraries for the job. */
import { BACKENDS, type Backend, loopTrials, mainTrials, type Subject, withoutTasks } from '../subject.js';

/** A loop beside an idle thread, as everything in Node is. */
function besideThread(backend: Backend): Subject {
  return {
    name: `c-${backend}`,
    label: `C ${backend}`,
    trials: loopTrials(backend),
    main: mainTrials(backend),
    does: withoutTasks,
    backend,
    command: (tools) => tools.compiled(backend, '', 'thread=1'),
  };
}

function plain(backend: Backend): Subject {
  return {
    ...besideThread(backend),
    name: `c-${backend}-plain`,
    label: `C ${backend}, plain`,
    main: [],
    command: (tools) => tools.compiled(backend),
  };
}

function library(name: string, link: string): Subject {
  return {
    name,
    label: name,
    trials: ['chain', 'echo', 'idle', 'memory'],
    main: [],
    command: (tools) => tools.compiled(name, link),
  };
}

const uring: Subject = {
  name: 'c-uring',
  label: 'C io_uring',
  trials: ['chain', 'echo'],
  command: (tools) => tools.compiled('uring', '', 'thread=1'),
};

const models: Subject = {
  name: 'c-models',
  label: 'C',
  trials: ['models'],
  command: (tools) => tools.compiled('models'),
};

export const c: readonly Subject[] = [
  ...BACKENDS.map(besideThread),
  ...BACKENDS.map(plain),
  uring,
  library('libev', 'ev'),
  library('libevent', 'event_core'),
  library('libuv', 'uv'),
  models,
];
