/** The messages that a user sees for a bad argument: in Node's form, whatever the argument is. */

import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { EventFd, Inotify, PidFd, type PipeReader, pipe, signals, TimerFd } from 'fd-selectors/fds';
import { EPOLLIN, epoll, poll, select } from 'fd-selectors/select';
import { type AddressLike, inetPton, socket } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { show, showType } from '../src/arguments.js';
import { closing, pair } from './support/descriptors.js';

class Foo {}

/** Each pair: a value, and how Node's own functions end a message about its type. */
const shown: [unknown, string][] = [
  [undefined, 'undefined'],
  [null, 'null'],
  [3.5, 'type number (3.5)'],
  [-0, 'type number (-0)'],
  [Number.NaN, 'type number (NaN)'],
  [1n, 'type bigint (1n)'],
  [true, 'type boolean (true)'],
  ['text', "type string ('text')"],
  ["it's", `type string ("it's")`],
  ['x'.repeat(29), `type string ('${'x'.repeat(25)}...')`],
  [Symbol('s'), 'type symbol (Symbol(s))'],
  [new Foo(), 'an instance of Foo'],
  [[1], 'an instance of Array'],
  [function f() {}, 'function f'],
  [Foo, 'function Foo'],
  [Object.create(null), '[Object: null prototype] {}'],
];

/** What the error of a function of Node says that it received. */
function receivedByNode(value: unknown): string {
  try {
    Buffer.from(value as string, value as BufferEncoding);
    Buffer.byteLength(value as string);
  } catch (error) {
    return (error as Error).message.split('Received ').at(-1) as string;
  }
  return 'nothing';
}

describe('a value in a message', () => {
  it.each(shown)('%o is shown with its type', (value, text) => {
    expect(showType(value)).toBe(text);
  });

  it.each([undefined, null, 3.5, 1n, true, Symbol('s'), function f() {}, Foo, Object.create(null)])(
    '%o is shown as Node shows it',
    (value) => {
      expect(showType(value)).toBe(receivedByNode(value));
    },
  );

  it.each([
    [70_000, '70000'],
    [1n, '1n'],
    ['text', "'text'"],
    [new Foo(), 'an instance of Foo'],
  ])('%o is shown without its type where the type is right', (value, text) => {
    expect(show(value)).toBe(text);
  });

  it('never throws', () => {
    const fail = (): never => {
      throw new Error('a getter or a trap');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const traps = { get: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail, ownKeys: fail };
    const nasty = [
      Object.defineProperty({}, 'constructor', { get: fail }),
      { constructor: Object.defineProperty(() => {}, 'name', { get: fail }) },
      { constructor: { name: Symbol('name') } },
      Object.defineProperty(() => {}, 'name', { get: fail }),
      Object.defineProperty(() => {}, 'name', { value: Symbol('name') }),
      Object.defineProperty(Object.create(null), Symbol.toStringTag, { get: fail }),
      new Proxy({}, traps),
      new Proxy(() => {}, traps),
      proxy,
    ];
    for (const value of nasty)
      expect(showType(value)).toMatch(/^(function|an object|an instance|Proxy|\[|<|{)/);
  });
});

/** The end of a pipe that reads. */
function reader(): PipeReader {
  const [end, other] = pipe();
  closing(other);
  return closing(end);
}

const RANGE = 'an integer from 0 to 2147483647';
const cases: [call: () => unknown, message: string][] = [
  [
    () => closing(socket()).bind(['127.0.0.1', 70_000]),
    'The "port" argument must be an integer from 0 to 65535. Received 70000',
  ],
  [
    () => closing(socket()).bind(['127.0.0.1', '80'] as unknown as AddressLike),
    `The "port" argument must be of type number. Received type string ('80')`,
  ],
  [
    () => closing(socket()).bind('/tmp/socket'),
    `The "address" argument must be an array [host, port]. Received type string ('/tmp/socket')`,
  ],
  [() => inetPton(2, '1.2.3'), `The "text" argument must be an IPv4 address. Received '1.2.3'`],
  [() => pair()[0].settimeout(-1), 'The "timeout" argument must be a non-negative number. Received -1'],
  [
    () => closing(new DefaultSelector()).select(Number.NaN),
    'The "timeout" argument must be a finite number, or omitted to wait forever. Received NaN',
  ],
  [
    () => closing(new DefaultSelector()).select(Symbol('s') as never),
    'The "timeout" argument must be of type number. Received type symbol (Symbol(s))',
  ],
  [
    () => closing(new DefaultSelector()).register(0, 0),
    'The "events" argument must be a combination of EVENT_READ, EVENT_WRITE, and EVENT_PRIORITY. Received 0',
  ],
  [
    () => closing(new DefaultSelector()).register(0, 1n as never),
    'The "events" argument must be of type number. Received type bigint (1n)',
  ],
  [
    () => closing(new DefaultSelector()).register(0, EVENT_READ, undefined, 1n as never),
    'The "flags" argument must be of type number. Received type bigint (1n)',
  ],
  [
    () => closing(new DefaultSelector()).register(-1, EVENT_READ),
    `The "fileobj" argument must be ${RANGE}. Received -1`,
  ],
  [
    () => closing(new DefaultSelector()).register({} as never, EVENT_READ),
    'The "fileobj" argument must be a file descriptor or an object with fileno() or fd. Received an instance of Object',
  ],
  [
    () => closing(new DefaultSelector()).register({ fd: 1.5 }, EVENT_READ),
    `The "fileobj" argument must be an object whose descriptor is ${RANGE}. Received 1.5`,
  ],
  [
    () => closing(new DefaultSelector()).register({ fileno: () => '7' as never }, EVENT_READ),
    `The "fileobj.fileno()" property must be of type number. Received type string ('7')`,
  ],
  [() => closing(new DefaultSelector()).register({ fd: -1 }, EVENT_READ), 'The file object is closed'],
  [
    () => select([], [0, 'x' as never], []),
    `The "wlist[1]" argument must be a file descriptor or an object with fileno() or fd. Received type string ('x')`,
  ],
  [
    () => select([], [], 5 as never),
    'The "xlist" argument must be an iterable of file descriptors. Received type number (5)',
  ],
  [
    () => select([5000], [], []),
    'The file descriptor must be less than 1024 for select; use poll or epoll. Received 5000',
  ],
  [() => poll().register(-1), `The "fd" argument must be ${RANGE}. Received -1`],
  [() => poll().unregister(7), 'File descriptor 7 is not registered'],
  [
    () => poll().poll(2 ** 31),
    'The "timeout" argument must be at most 2147483647 milliseconds. Received 2147483648',
  ],
  [
    () => closing(epoll()).register(0, 2 ** 32),
    'The "eventmask" argument must be a 32-bit integer. Received 4294967296',
  ],
  [() => epoll(0), 'The "sizehint" argument must be -1 or a positive integer. Received 0'],
  [() => new EventFd(-1), 'The "initial" argument must be an integer from 0 to 4294967295. Received -1'],
  [
    () => closing(new EventFd()).write(-1n),
    'The "value" argument must be from 0n to 18446744073709551614n. Received -1n',
  ],
  [
    () => closing(new TimerFd()).set(0, -1),
    'The "interval" argument must be a non-negative, finite number of seconds. Received -1',
  ],
  [() => PidFd.open(0), 'The "pid" argument must be an integer from 1 to 2147483647. Received 0'],
  [
    () => signals(['SIGFOO']),
    `The "signal" argument must be a signal name or an integer from 1 to 64. Received 'SIGFOO'`,
  ],
  [
    () => closing(new Inotify()).watch('a\0b', 1),
    'The "path" argument must be a well-formed string without null bytes. Received \'a\\x00b\'',
  ],
  [() => reader().read(-1), `The "bufsize" argument must be ${RANGE}. Received -1`],
];

describe('a message', () => {
  it.each(cases)('%s', (call, message) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ message, code: expect.stringMatching(/^ERR_/) });
  });

  it('names what is closed', () => {
    const [a] = pair();
    const event = new EventFd();
    const set = epoll();
    const sel = new DefaultSelector();
    onTestFinished(() => sel.close());
    for (const open of [a, event, set]) open.close();
    expect(() => sel.register(a, EVENT_READ)).toThrow('The socket is closed');
    expect(() => sel.register(event, EVENT_READ)).toThrow('The EventFd is closed');
    expect(() => set.register(0, EPOLLIN)).toThrow('The epoll object is closed');
    sel.close();
    expect(() => sel.select(0)).toThrow('The selector is closed');
  });

  it('names the descriptor that is or is not registered', () => {
    const [a, b] = pair();
    const sel = closing(new DefaultSelector());
    sel.register(a, EVENT_READ);
    const named = (fd: number): string => `File descriptor ${fd} (an instance of Socket)`;
    expect(() => sel.register(a, EVENT_READ)).toThrow(`${named(a.fileno())} is already registered`);
    expect(() => sel.register(a.fileno(), EVENT_READ)).toThrow(
      `File descriptor ${a.fileno()} is already registered`,
    );
    expect(() => sel.unregister(b)).toThrow(`${named(b.fileno())} is not registered`);
  });
});
