/** The subjects: what is compared, and what each needs. */
import { fileURLToPath } from 'node:url';
import type { Tools } from './tools.js';
import type { TrialName } from './trials.js';

/** How a subject is run: the command, to which the workload is added. */
export interface Command {
  readonly words: readonly string[];
  /** What it is a version of, with the number. */
  readonly version: string;
}

export interface Subject {
  readonly name: string;
  readonly label: string;
  readonly trials: readonly TrialName[];
  /** The system call it waits with: it is compared with the same call in C and CPython. */
  readonly backend: 'select' | 'poll' | 'epoll';
  /** Its command for one trial, or why it cannot take part. */
  readonly command: (tools: Tools, trial: TrialName) => Command | string;
}

const BACKENDS = ['select', 'poll', 'epoll'] as const;

function script(file: string, ...words: string[]): Command {
  const path = fileURLToPath(new URL(`subjects/${file}.js`, import.meta.url));
  return {
    words: [process.execPath, '--expose-gc', path, ...words],
    version: `Node ${process.versions.node}`,
  };
}

const ours: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}`,
  label: `fd-selectors ${backend}`,
  trials: ['chain', 'idle', 'churn', 'memory'],
  backend,
  command: (_, trial) => script(`ours/${trial}`, `backend=${backend}`),
}));

const oursAsync: Subject = {
  name: 'ours-async',
  label: 'fd-selectors async',
  trials: ['chain'],
  backend: 'epoll',
  command: () => script('ours/async'),
};

/** A loop in C, beside an idle thread as all that runs in Node is, or plain. */
function inC(backend: 'select' | 'poll' | 'epoll', plain: boolean): Subject {
  return {
    name: plain ? `c-${backend}-plain` : `c-${backend}`,
    label: plain ? `C ${backend}, plain` : `C ${backend}`,
    trials: ['chain', 'idle', 'churn', 'memory'],
    backend,
    command: (tools) => tools.compiled(backend, '', `thread=${plain ? 0 : 1}`),
  };
}

function library(name: string, link: string): Subject {
  return {
    name,
    label: name,
    trials: ['chain', 'idle', 'memory'],
    backend: 'epoll',
    command: (tools) => tools.compiled(name, link),
  };
}

function python(
  name: string,
  backend: 'select' | 'poll' | 'epoll',
  trials: readonly TrialName[],
  file: string,
  module: string,
  ...words: string[]
): Subject {
  return {
    name,
    label: name.replace('-', ' ').replace('cpython', 'CPython'),
    trials,
    backend,
    command: (tools) => tools.python(file, module, ...words),
  };
}

export const subjects: readonly Subject[] = [
  ...ours,
  oursAsync,
  ...BACKENDS.map((backend) => inC(backend, false)),
  ...BACKENDS.map((backend) => inC(backend, true)),
  library('libev', 'ev'),
  library('libevent', 'event_core'),
  library('libuv', 'uv'),
  ...BACKENDS.map((backend) =>
    python(
      `cpython-${backend}`,
      backend,
      ['chain', 'idle', 'churn', 'memory'],
      'cpython.py',
      'selectors',
      `backend=${backend}`,
    ),
  ),
  python('asyncio', 'epoll', ['chain', 'churn', 'memory'], 'aio.py', 'asyncio'),
  python('uvloop', 'epoll', ['chain', 'memory'], 'aio.py', 'uvloop', 'loop=uvloop'),
  python('gevent', 'epoll', ['chain', 'memory'], 'greenlets.py', 'gevent'),
];
