/** The subjects: what is compared, and what each needs. */
import { fileURLToPath } from 'node:url';
import type { Command, Tools } from './tools.js';
import type { TrialName } from './trials.js';

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

/** A script of bench/subjects. */
export function script(file: string, ...words: string[]): Command {
  const path = fileURLToPath(new URL(`subjects/${file}.js`, import.meta.url));
  return {
    words: [process.execPath, '--expose-gc', path, ...words],
    version: `Node ${process.versions.node}`,
  };
}

const ours: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}`,
  label: `fd-selectors ${backend}`,
  trials: ['chain', 'idle', 'churn', 'memory', 'echo'],
  backend,
  command: (_, trial) => script(`ours/${trial}`, `backend=${backend}`),
}));

const oursFds: Subject[] = BACKENDS.map((backend) => ({
  name: `ours-${backend}-fds`,
  label: `fd-selectors ${backend}, fds`,
  trials: ['chain'],
  backend,
  command: () => script('ours/chain-fds', `backend=${backend}`),
}));

const oursAsync: Subject = {
  name: 'ours-async',
  label: 'fd-selectors async',
  trials: ['chain', 'echo', 'wakeup'],
  backend: 'epoll',
  command: (_, trial) =>
    trial === 'echo'
      ? script('ours/echo', 'wait=async')
      : script(`ours/${trial === 'chain' ? 'async' : trial}`),
};

const node: Subject[] = [
  {
    name: 'node-net',
    label: 'node:net',
    trials: ['chain', 'echo', 'wakeup'],
    backend: 'epoll',
    command: (_, trial) => script(`node/${trial}`),
  },
  {
    name: 'npm-epoll',
    label: 'npm epoll',
    trials: ['chain', 'churn', 'wakeup'],
    backend: 'epoll',
    command: (tools) => tools.npm('epoll', script('node/epoll')),
  },
  {
    name: 'set-immediate',
    label: 'setImmediate',
    trials: ['wakeup'],
    backend: 'epoll',
    command: () => script('node/immediate'),
  },
];

/** The servers with a process or a thread for each request, and the same on each call. */
const models: Subject[] = [
  {
    name: 'ours-models',
    label: 'fd-selectors',
    trials: ['models'],
    backend: 'epoll',
    command: () => script('ours/models'),
  },
  {
    name: 'c-models',
    label: 'C',
    trials: ['models'],
    backend: 'epoll',
    command: (tools) => tools.compiled('models'),
  },
  {
    name: 'cpython-models',
    label: 'CPython',
    trials: ['models'],
    backend: 'epoll',
    command: (tools) => tools.python('models.py', 'socket'),
  },
];

/** A loop in C, beside an idle thread as all that runs in Node is, or plain. */
function inC(backend: 'select' | 'poll' | 'epoll', plain: boolean): Subject {
  return {
    name: plain ? `c-${backend}-plain` : `c-${backend}`,
    label: plain ? `C ${backend}, plain` : `C ${backend}`,
    trials: ['chain', 'idle', 'churn', 'memory', 'echo'],
    backend,
    command: (tools) => tools.compiled(backend, '', `thread=${plain ? 0 : 1}`),
  };
}

/** The same with read and write in the place of recv and send, for those of ours that use them. */
function inCWithFds(backend: 'select' | 'poll' | 'epoll'): Subject {
  return {
    name: `c-${backend}-fds`,
    label: `C ${backend}, fds`,
    trials: ['chain'],
    backend,
    command: (tools) => tools.compiled(backend, '', 'thread=1', 'io=fds'),
  };
}

function library(name: string, link: string): Subject {
  return {
    name,
    label: name,
    trials: ['chain', 'idle', 'memory', 'echo'],
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
  ...oursFds,
  oursAsync,
  ...BACKENDS.map((backend) => inC(backend, false)),
  ...BACKENDS.map((backend) => inC(backend, true)),
  ...BACKENDS.map(inCWithFds),
  library('libev', 'ev'),
  library('libevent', 'event_core'),
  library('libuv', 'uv'),
  ...BACKENDS.map((backend) =>
    python(
      `cpython-${backend}`,
      backend,
      ['chain', 'idle', 'churn', 'memory', 'echo'],
      'cpython.py',
      'selectors',
      `backend=${backend}`,
    ),
  ),
  python('asyncio', 'epoll', ['chain', 'churn', 'memory', 'echo', 'wakeup'], 'aio.py', 'asyncio'),
  python('uvloop', 'epoll', ['chain', 'memory', 'echo', 'wakeup'], 'aio.py', 'uvloop', 'loop=uvloop'),
  python('gevent', 'epoll', ['chain', 'memory', 'echo'], 'greenlets.py', 'gevent'),
  ...node,
  ...models,
];

/** Whether a quick run has it: not the variants, and not the C libraries, which cost what C costs. */
export function isMain({ name }: Subject): boolean {
  return !/-fds$|-plain$|^lib/.test(name);
}

/** What a subject is called in tables and charts. */
export function labelOf(name: string): string {
  return subjects.find((subject) => subject.name === name)?.label ?? name;
}
