/** What is refused, and with which class and code: the table of docs/errors.md. */
import {
  type AddressLike,
  AF_INET6,
  AF_UNIX,
  createConnection,
  createServer,
  getaddrinfo,
  getnameinfo,
  inetAton,
  inetNtop,
  inetPton,
  Socket,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { thrown } from '../support/thrown.js';

const TYPE = 'TypeError ERR_INVALID_ARG_TYPE';
const RANGE = 'ValueError ERR_OUT_OF_RANGE';

/** What no number may be. */
const notNumbers = ['1', null, {}, 1n] as unknown as number[];
const notInts = [1.5, Number.NaN, Infinity, 2 ** 31];
/** What no data may be. */
const notBytes = ['text', null, undefined, 7, [1], new ArrayBuffer(4), { length: 4 }] as unknown as Buffer[];

describe('refused, with a class and a code', () => {
  it('numbers that are none, and numbers out of range', () => {
    const [a] = pair();
    const calls: Record<string, (n: number) => unknown> = {
      family: (n) => socket(n),
      type: (n) => socket(1, n),
      proto: (n) => socket(1, 1, n),
      'family of a pair': (n) => socketpair(n),
      'type of a pair': (n) => socketpair(1, n),
      backlog: (n) => a.listen(n),
      bufsize: (n) => a.recv(n),
      'bufsize of tryRecv': (n) => a.tryRecv(n),
      'bufsize of recvfrom': (n) => a.recvfrom(n),
      'bufsize of tryRecvfrom': (n) => a.tryRecvfrom(n),
      nbytes: (n) => a.recvInto(Buffer.alloc(4), n),
      'nbytes of tryRecvInto': (n) => a.tryRecvInto(Buffer.alloc(4), n),
      'nbytes of recvfromInto': (n) => a.recvfromInto(Buffer.alloc(4), n),
      'nbytes of send': (n) => a.send(Buffer.alloc(4), 0, n),
      'nbytes of trySend': (n) => a.trySend(Buffer.alloc(4), 0, n),
      'nbytes of sendall': (n) => a.sendall(Buffer.alloc(4), 0, n),
      'flags of send': (n) => a.send(Buffer.alloc(1), n),
      'flags of trySend': (n) => a.trySend(Buffer.alloc(1), n),
      'flags of sendall': (n) => a.sendall(Buffer.alloc(1), n),
      'flags of recv': (n) => a.recv(1, n),
      'flags of tryRecv': (n) => a.tryRecv(1, n),
      'flags of recvInto': (n) => a.recvInto(Buffer.alloc(1), 0, n),
      'flags of tryRecvInto': (n) => a.tryRecvInto(Buffer.alloc(1), 0, n),
      'flags of recvfrom': (n) => a.recvfrom(1, n),
      how: (n) => a.shutdown(n),
      level: (n) => a.getsockopt(n, 1),
      optname: (n) => a.setsockopt(1, n, 1),
      buflen: (n) => a.getsockopt(1, 3, n),
      'flags of getnameinfo': (n) => getnameinfo(['127.0.0.1', 1], n),
      'family of getaddrinfo': (n) => getaddrinfo(null, 1, n),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const wrong of notNumbers)
        expect(
          thrown(() => call(wrong)),
          `${name} ${wrong}`,
        ).toBe(TYPE);
      for (const wrong of notInts)
        expect(
          thrown(() => call(wrong)),
          `${name} ${wrong}`,
        ).toBe(RANGE);
    }
    expect(thrown(() => a.recv(-1))).toBe(RANGE);
    expect(thrown(() => a.recvInto(Buffer.alloc(4), 5))).toBe(RANGE);
    expect(thrown(() => a.send(Buffer.alloc(4), 0, 5))).toBe(RANGE);
    expect(thrown(() => a.send(new Uint16Array(2), 0, 5))).toBe(RANGE);
    expect(thrown(() => a.sendall(Buffer.alloc(4), 0, -1))).toBe(RANGE);
    expect(thrown(() => a.setsockopt(1, 2, 2 ** 31))).toBe(RANGE);
    for (const buflen of [0, 1025]) expect(thrown(() => a.getsockopt(1, 3, buflen))).toBe(RANGE);
  });

  it('data that is no bytes', () => {
    const [a] = pair();
    for (const wrong of notBytes) {
      expect(thrown(() => a.send(wrong))).toBe(TYPE);
      expect(thrown(() => a.trySend(wrong))).toBe(TYPE);
      expect(thrown(() => a.sendall(wrong))).toBe(TYPE);
      expect(thrown(() => a.sendto(wrong, '\0x'))).toBe(TYPE);
      expect(thrown(() => a.recvInto(wrong))).toBe(TYPE);
      expect(thrown(() => a.tryRecvInto(wrong))).toBe(TYPE);
      expect(thrown(() => a.recvfromInto(wrong))).toBe(TYPE);
    }
    expect(() => a.send('text' as unknown as Buffer)).toThrow(
      `The "data" argument must be an instance of Buffer, TypedArray, or DataView. Received type string ('text')`,
    );
    expect(thrown(() => a.setsockopt(1, 2, 'x' as unknown as number))).toBe(TYPE);
  });

  it('addresses of another shape', () => {
    const inet = closing(socket());
    const wrongs = [
      undefined,
      null,
      'text',
      80,
      [],
      ['127.0.0.1'],
      ['127.0.0.1', 1, 2],
      [1, 2],
      ['h', '80'],
      {},
    ];
    for (const wrong of wrongs as AddressLike[]) {
      expect(
        thrown(() => inet.bind(wrong)),
        String(wrong),
      ).toBe(TYPE);
      expect(
        thrown(() => inet.connect(wrong)),
        String(wrong),
      ).toBe(TYPE);
      expect(
        thrown(() => inet.connectEx(wrong)),
        String(wrong),
      ).toBe(TYPE);
      expect(
        thrown(() => inet.sendto(Buffer.alloc(1), wrong)),
        String(wrong),
      ).toBe(TYPE);
    }
    const unix = closing(socket(AF_UNIX));
    for (const wrong of [undefined, 80, ['127.0.0.1', 80]] as AddressLike[]) {
      expect(thrown(() => unix.bind(wrong))).toBe(TYPE);
    }
    for (const wrong of ['127.0.0.1', undefined, 80] as AddressLike[]) {
      expect(thrown(() => createConnection(wrong))).toBe(TYPE);
    }
  });

  it('ports, flows, scopes, hosts', () => {
    const inet = closing(socket());
    for (const port of [-1, 65_536, 99_999, 80.5, Number.NaN]) {
      expect(thrown(() => inet.bind(['127.0.0.1', port]))).toBe('ValueError ERR_INVALID_PORT');
      expect(thrown(() => getaddrinfo('127.0.0.1', port))).toBe('ValueError ERR_INVALID_PORT');
    }
    const inet6 = closing(socket(AF_INET6));
    expect(thrown(() => inet6.bind(['::1', 0, 2 ** 20]))).toBe(RANGE);
    expect(thrown(() => inet6.bind(['::1', 0, 0, -1]))).toBe(RANGE);
    expect(thrown(() => inet6.bind(['::1', 0, 0, 2 ** 32]))).toBe(RANGE);
    for (const host of ['a\0b', 'h'.repeat(1025), '\u{d800}']) {
      expect(thrown(() => inet.bind([host, 0]))).toBe('ValueError ERR_INVALID_HOST');
    }
    expect(thrown(() => inet.bind(['256.1.1.1%', 0]))).toMatch(/^GaiError E/);
    expect(thrown(() => inet.bind(new Uint8Array(129)))).toBe(RANGE);
  });

  it('paths', () => {
    const unix = closing(socket(AF_UNIX));
    for (const path of ['p'.repeat(108), 'é'.repeat(54)]) {
      expect(thrown(() => unix.bind(path))).toBe('ValueError ERR_PATH_TOO_LONG');
      expect(() => unix.bind(path)).toThrow('must be a path of at most 107 bytes. Received');
    }
    for (const name of [`\0${'p'.repeat(108)}`, `\0${'é'.repeat(54)}`]) {
      expect(thrown(() => unix.bind(name))).toBe('ValueError ERR_PATH_TOO_LONG');
      expect(() => unix.bind(name)).toThrow(
        'must be an abstract name of at most 108 bytes with its first null byte. Received',
      );
    }
    expect(thrown(() => unix.bind('a\0b'))).toBe('ValueError ERR_INVALID_PATH');
  });

  it('texts of addresses', () => {
    expect(thrown(() => inetPton(2, '1.2.3'))).toBe('ValueError ERR_INVALID_ADDRESS');
    expect(thrown(() => inetPton(99, '1.2.3.4'))).toBe('OSError EAFNOSUPPORT');
    expect(thrown(() => inetPton(2, 7 as unknown as string))).toBe(TYPE);
    expect(thrown(() => inetNtop(2, Buffer.alloc(5)))).toBe('ValueError ERR_INVALID_ADDRESS');
    expect(thrown(() => inetNtop(99, Buffer.alloc(4)))).toBe('OSError EAFNOSUPPORT');
    expect(thrown(() => inetNtop(2, 'x' as unknown as Buffer))).toBe(TYPE);
    expect(thrown(() => inetAton('x'))).toBe('ValueError ERR_INVALID_ADDRESS');
  });

  it('descriptors that are none', () => {
    for (const fd of [-1, 1.5, Number.NaN, 2 ** 31]) {
      expect(thrown(() => Socket.fromFd(fd))).toBe('ValueError ERR_INVALID_FD');
      expect(thrown(() => new Socket(1, 1, 0, fd))).toBe('ValueError ERR_INVALID_FD');
    }
  });

  it('and no descriptor is left open by it', () => {
    const before = openFds();
    expect(thrown(() => createServer(['127.0.0.1', 99_999]))).toBe('ValueError ERR_INVALID_PORT');
    expect(thrown(() => createServer(['127.0.0.1', 0], { dualstackIpv6: true }))).toBe(
      'ValueError ERR_INVALID_FAMILY',
    );
    expect(thrown(() => createConnection(['127.0.0.1', 1], { timeout: -1 }))).toBe(
      'ValueError ERR_INVALID_TIMEOUT',
    );
    expect(thrown(() => socket(12345))).toBe('OSError EAFNOSUPPORT');
    expect(openFds()).toBe(before);
  });
});
