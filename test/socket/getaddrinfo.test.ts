import { hostname } from 'node:os';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_PASSIVE,
  EAI_NONAME,
  GaiError,
  getaddrinfo,
  gethostname,
  getnameinfo,
  INADDR_LOOPBACK,
  IPPROTO_TCP,
  inetAton,
  inetNtoa,
  inetNtop,
  inetPton,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  error as OSError,
  SOCK_STREAM,
  socket,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing } from '../support/descriptors.js';
import { thrown } from '../support/thrown.js';

describe('getaddrinfo', () => {
  it('gives what socket() and connect() take', () => {
    expect(getaddrinfo('127.0.0.1', 80, AF_INET, SOCK_STREAM)).toEqual([
      [AF_INET, SOCK_STREAM, IPPROTO_TCP, '', ['127.0.0.1', 80]],
    ]);
    expect(getaddrinfo('::1', '443', 0, SOCK_STREAM)).toEqual([
      [AF_INET6, SOCK_STREAM, IPPROTO_TCP, '', ['::1', 443, 0, 0]],
    ]);
    const [any] = getaddrinfo(null, 0, AF_INET, SOCK_STREAM, 0, AI_PASSIVE);
    expect(any?.[4]).toEqual(['0.0.0.0', 0]);
    expect(getaddrinfo('127.0.0.1', 1, 0, SOCK_STREAM, 0, AI_CANONNAME)[0]?.[3]).toBe('127.0.0.1');
    expect(getaddrinfo('localhost', 80, AF_INET).map(([, type]) => type)).toContain(SOCK_STREAM);
  });

  it('fails with what Node says', () => {
    try {
      getaddrinfo('no.such.host', 80, 0, 0, 0, AI_NUMERICHOST);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GaiError);
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({
        name: 'GaiError',
        message: 'getaddrinfo ENOTFOUND no.such.host',
        code: 'ENOTFOUND',
        errno: EAI_NONAME,
        syscall: 'getaddrinfo',
        hostname: 'no.such.host',
      });
    }
    expect(thrown(() => getaddrinfo('127.0.0.1', 'no such service'))).toBe('GaiError EAI_SERVICE');
    expect(thrown(() => getaddrinfo(null, null))).toBe('GaiError ENOTFOUND');
    expect(thrown(() => getaddrinfo('127.0.0.1', 1, 99))).toBe('GaiError EAI_FAMILY');
    expect(thrown(() => getaddrinfo('127.0.0.1', 'x\0'))).toBe('ValueError ERR_INVALID_SERVICE');
    expect(thrown(() => getaddrinfo(7 as unknown as string, 1))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});

describe('names and texts', () => {
  it('getnameinfo tells numbers, or names', () => {
    const numeric = NI_NUMERICHOST | NI_NUMERICSERV;
    expect(getnameinfo(['127.0.0.1', 80], numeric)).toEqual(['127.0.0.1', '80']);
    expect(getnameinfo(['::1', 80, 0, 0], numeric)).toEqual(['::1', '80']);
    expect(getnameinfo(['127.0.0.1', 65_000])[0]).toMatch(/localhost/);
  });

  it('getnameinfo resolves no name, and takes the addresses that CPython takes', () => {
    const numeric = NI_NUMERICHOST | NI_NUMERICSERV;
    const unknown = [
      ['localhost', 80],
      ['x', 0, 0, 0],
      ['', 80],
      ['<broadcast>', 80],
    ] as const;
    for (const address of unknown) {
      expect(
        thrown(() => getnameinfo(address, numeric)),
        String(address),
      ).toBe('GaiError ENOTFOUND');
    }
    expect(getnameinfo(['127.1', 80], numeric)).toEqual(['127.0.0.1', '80']);
    expect(getnameinfo(['::1', 80], numeric)).toEqual(['::1', '80']);
    expect(getnameinfo(['::1', 80, 0], numeric)).toEqual(['::1', '80']);
    for (const address of [
      ['127.0.0.1', 80, 0],
      ['127.0.0.1'],
      [],
      ['127.0.0.1', '80'],
      'x',
      undefined,
      [7, 80],
    ]) {
      expect(
        thrown(() => getnameinfo(address as never)),
        String(address),
      ).toBe('TypeError ERR_INVALID_ARG_TYPE');
    }
    expect(thrown(() => getnameinfo(['127.0.0.1', 70_000]))).toBe('ValueError ERR_INVALID_PORT');
    expect(thrown(() => getnameinfo(['::1', 80, 1 << 20]))).toBe('ValueError ERR_OUT_OF_RANGE');
  });

  it('half of a surrogate pair is not sent as U+FFFD', () => {
    expect(thrown(() => getaddrinfo('localhost', '\ud800'))).toBe('ValueError ERR_INVALID_SERVICE');
    expect(thrown(() => getaddrinfo('a\ud800b', 80))).toBe('ValueError ERR_INVALID_HOST');
    const unix = closing(socket(AF_UNIX));
    for (const name of ['\0lone\ud800', '/tmp/lone\udc00', '\udc00\ud800']) {
      expect(
        thrown(() => unix.bind(name)),
        name,
      ).toBe('ValueError ERR_INVALID_PATH');
      expect(
        thrown(() => unix.connect(name)),
        name,
      ).toBe('ValueError ERR_INVALID_PATH');
    }
    unix.bind(`\0a\0\u{1f600}${process.pid}`);
    expect(unix.getsockname()).toBe(`\0a\0\u{1f600}${process.pid}`);
  });

  it('gethostname is that of Node', () => {
    expect(gethostname()).toBe(hostname());
  });

  it('texts become bytes, and bytes texts', () => {
    expect(inetPton(AF_INET6, '::ffff:1.2.3.4')).toEqual(
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4]),
    );
    expect(inetNtop(AF_INET6, inetPton(AF_INET6, '2001:DB8:0::1'))).toBe('2001:db8::1');
    expect(inetNtop(AF_INET, inetPton(AF_INET, '1.2.3.4'))).toBe('1.2.3.4');
    expect(inetNtoa(inetAton('127.1'))).toBe('127.0.0.1');
    expect(inetAton('127.0.0.1').readUInt32BE()).toBe(INADDR_LOOPBACK);
  });
});
