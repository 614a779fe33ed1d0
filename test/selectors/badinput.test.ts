/** Input that once failed without a code, or after something had changed already. */
import { type BaseSelector, EpollSelector, EVENT_READ, EVENT_WRITE, ready } from 'fd-selectors';
import { EventFd, Inotify, PidFd, pipe, TimerFd } from 'fd-selectors/fds';
import { epoll, poll, select } from 'fd-selectors/select';
import { createConnection, createServer, setdefaulttimeout, socketpair } from 'fd-selectors/socket';
import { beforeEach, describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { classes } from './classes.js';

/** What no number is; each once threw an error of the engine. */
const NO_NUMBERS: [string, never][] = [
  ['a BigInt', 1n as never],
  ['a Symbol', Symbol('x') as never],
  ['an object that is no primitive', Object.create(null) as never],
  [
    'an object that throws when asked for its value',
    {
      valueOf(): number {
        throw new Error('asked');
      },
    } as never,
  ],
];

const WRONG = 'ERR_INVALID_ARG_TYPE';

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (error: { code?: string }) => String(error.code),
  );
}

describe.each(classes)('%s', (_name, Class) => {
  let sel: BaseSelector;
  beforeEach(() => {
    sel = closing(new Class());
  });

  it.each(NO_NUMBERS)('%s as events or timeout is an error with a code', async (_what, value) => {
    const [a, b] = pair();
    sel.register(a, EVENT_WRITE);
    expect(codeOf(() => sel.register(b, value))).toBe(WRONG);
    expect(codeOf(() => sel.modify(a, value))).toBe(WRONG);
    expect(codeOf(() => sel.select(value))).toBe(WRONG);
    expect(await rejection(sel.selectAsync(value))).toBe(WRONG);
    expect([...sel.getMap().keys()]).toEqual([a.fileno()]);
    expect(sel.select(0)).toHaveLength(1);
  });

  it('null for options is an error with a code', async () => {
    for (const options of [null, 5, 'signal'] as never[]) {
      expect(await rejection(sel.selectAsync(0, options))).toBe(WRONG);
      expect(codeOf(() => sel.events(options))).toBe(WRONG);
    }
    expect(await sel.selectAsync(0)).toEqual([]);
  });

  it('a signal that is not an AbortSignal is refused before anything changes', async () => {
    const before = openFds();
    const signals = [null, {}, 'x', { aborted: false }, { aborted: false, addEventListener: 1 }] as never[];
    for (const signal of signals) {
      expect(await rejection(sel.selectAsync(5, { signal }))).toBe(WRONG);
      expect(codeOf(() => sel.events({ signal }))).toBe(WRONG);
    }
    expect(openFds()).toBe(before);
    const wait = sel.selectAsync(60);
    sel.register(pair()[0], EVENT_WRITE);
    expect(await wait).toHaveLength(1);
  });

  it('a signal that throws when it is listened to rejects that wait only, and leaks nothing', async () => {
    const [a, b] = pair();
    const one = new Class();
    one.register(a, EVENT_READ);
    await one.selectAsync(0.001);
    one.close();
    const before = openFds();
    const other = new Class();
    other.register(a, EVENT_READ);
    const signal = {
      aborted: false,
      addEventListener(): void {
        throw new Error('listened');
      },
      removeEventListener(): void {},
    } as never;
    await expect(other.selectAsync(5, { signal })).rejects.toThrow('listened');
    const wait = other.selectAsync(60);
    b.send(new Uint8Array(1));
    expect(await wait).toHaveLength(1);
    other.close();
    expect(openFds()).toBe(before);
  });

  it.each(['register', 'unregister', 'modify', 'getKey'] as const)(
    'a fileno() that closes the selector it is called from: %s says that it is closed',
    (method) => {
      const [a] = pair();
      const before = openFds();
      const one = new Class();
      one.register(a.fileno(), EVENT_READ);
      const object = {
        fileno(): number {
          one.close();
          return a.fileno() + 1;
        },
      };
      expect(codeOf(() => one[method](object, EVENT_READ))).toBe('ERR_SELECTOR_CLOSED');
      expect(openFds()).toBe(before);
    },
  );

  it('nor does such a fileno() register anything in a set that took the number over', () => {
    const [a, b] = pair();
    const one = new Class();
    let other: BaseSelector | undefined;
    const object = {
      fileno(): number {
        one.close();
        other = closing(new EpollSelector());
        return a.fileno();
      },
    };
    expect(codeOf(() => one.register(object, EVENT_READ))).toBe('ERR_SELECTOR_CLOSED');
    b.send(new Uint8Array(1));
    expect(other?.select(0)).toEqual([]);
    other?.register(a, EVENT_READ);
    expect(other?.select(0)).toHaveLength(1);
  });
});

describe.each(NO_NUMBERS)('%s', (_what, value) => {
  it('as flags of an EpollSelector', () => {
    const sel = closing(new EpollSelector());
    const [a] = pair();
    expect(codeOf(() => sel.register(a, EVENT_READ, undefined, value))).toBe(WRONG);
    sel.register(a, EVENT_READ);
    expect(codeOf(() => sel.modify(a, EVENT_READ, undefined, value))).toBe(WRONG);
    expect(sel.getMap().size).toBe(1);
  });

  it('as events or timeout of ready()', async () => {
    const [a] = pair();
    expect(await rejection(ready(a, value))).toBe(WRONG);
    expect(await rejection(ready(a, EVENT_READ, { timeout: value }))).toBe(WRONG);
  });

  it('as mask, flags or timeout of the system calls', () => {
    const set = closing(epoll());
    const poller = poll();
    const [a] = pair();
    for (const call of [
      () => set.register(a, value),
      () => set.poll(value),
      () => set.poll(0, value),
      () => epoll(value),
      () => epoll(-1, value),
      () => poller.register(a, value),
      () => poller.poll(value),
      () => select([], [], [], value),
    ]) {
      expect(codeOf(call)).toBe(WRONG);
    }
  });

  it('as timeout or flags of a socket', () => {
    const [a] = pair();
    for (const call of [
      () => a.settimeout(value),
      () => setdefaulttimeout(value),
      () => a.recv(1, value),
      () => a.send(new Uint8Array(1), value),
      () => socketpair(value),
    ]) {
      expect(codeOf(call)).toBe(WRONG);
    }
  });

  it('as time of a timer', () => {
    const timer = closing(new TimerFd());
    expect(codeOf(() => timer.set(value))).toBe(WRONG);
    expect(codeOf(() => timer.set(1, value))).toBe(WRONG);
    expect(codeOf(() => new EventFd(value))).toMatch(/^ERR_INVALID_/);
  });
});

it.each([
  ['createServer', () => createServer(['127.0.0.1', 0], null as never)],
  ['createConnection', () => createConnection(['127.0.0.1', 1], null as never)],
  ['createConnection, a timeout in their place', () => createConnection(['127.0.0.1', 1], 5 as never)],
  ['pipe', () => pipe(null as never)],
  ['EventFd', () => new EventFd(0, null as never)],
  ['Inotify', () => new Inotify(null as never)],
  ['TimerFd', () => new TimerFd(null as never)],
  [
    'PidFd.wait',
    () => {
      using pidfd = PidFd.open(process.pid);
      pidfd.wait(null as never);
    },
  ],
])('null for the options of %s is an error with a code, and leaks nothing', (_name, call) => {
  const before = openFds();
  expect(codeOf(call)).toBe(WRONG);
  expect(openFds()).toBe(before);
});

it('null for the options of ready() rejects with a code', async () => {
  expect(await rejection(ready(0, EVENT_READ, null as never))).toBe(WRONG);
  expect(await rejection(ready(0, EVENT_READ, { signal: {} as never }))).toBe(WRONG);
});

describe('an object that throws when an error message shows it', () => {
  const throwing = (what: string): never => {
    throw new Error(what);
  };
  const objects: [string, object][] = [
    ['a getter', Object.defineProperty({}, 'constructor', { get: () => throwing('constructor') })],
    ['a name', { constructor: Object.defineProperty({}, 'name', { get: () => throwing('name') }) }],
    ['a symbol as name', { constructor: { name: Symbol('x') } }],
    ['a proxy', new Proxy({}, { get: () => throwing('get'), getPrototypeOf: () => throwing('prototype') })],
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    ['a function whose name throws', Object.defineProperty(() => 0, 'name', { get: () => throwing('name') })],
  ];
  it.each(objects)('%s: the error has a code all the same', (_what, object) => {
    const sel = closing(new EpollSelector());
    const [a] = pair();
    expect(codeOf(() => sel.register(a, object as never))).toBe(WRONG);
    expect(codeOf(() => sel.select(object as never))).toBe(WRONG);
    expect(codeOf(() => a.send(object as never))).toBe(WRONG);
  });
});
