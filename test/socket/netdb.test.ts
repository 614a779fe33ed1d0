/** Hosts, services, protocols, interfaces and the order of bytes: as CPython says them. */
import { spawnSync } from 'node:child_process';
import {
  gaierror,
  getfqdn,
  gethostbyaddr,
  gethostbyname,
  gethostbynameEx,
  getprotobyname,
  getservbyname,
  getservbyport,
  herror,
  htonl,
  htons,
  ifIndextoname,
  ifNameindex,
  ifNametoindex,
  ntohl,
  ntohs,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { thrown } from '../support/thrown.js';

/** What CPython's socket says to an expression; the name of the exception where it raises one. */
function cpython(expressions: readonly string[]): unknown[] | undefined {
  const script = `
import json, socket, sys
def value(text):
    try: return eval(text, vars(socket))
    except Exception as error: return type(error).__name__
print(json.dumps([value(text) for text in json.load(sys.stdin)]))`;
  const { stdout, error } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(expressions),
    encoding: 'utf8',
    timeout: LIMIT,
  });
  return error === undefined ? (JSON.parse(stdout) as unknown[]) : undefined;
}

const CLASSES: Readonly<Record<string, string>> = { GaiError: 'gaierror', HError: 'herror' };

function here(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    const { name } = error as Error;
    return CLASSES[name] ?? name;
  }
}

const cases: [python: string, call: () => unknown][] = [
  ["gethostbyname('127.0.0.1')", () => gethostbyname('127.0.0.1')],
  ["gethostbyname('localhost')", () => gethostbyname('localhost')],
  ["gethostbyname('')", () => gethostbyname('')],
  ["gethostbyname('<broadcast>')", () => gethostbyname('<broadcast>')],
  ["gethostbyname_ex('localhost')", () => gethostbynameEx('localhost')],
  ["gethostbyname_ex('127.0.0.1')", () => gethostbynameEx('127.0.0.1')],
  ["gethostbyaddr('127.0.0.1')", () => gethostbyaddr('127.0.0.1')],
  ["gethostbyaddr('localhost')", () => gethostbyaddr('localhost')],
  ["gethostbyaddr('::1')", () => gethostbyaddr('::1')],
  ['getfqdn()', () => getfqdn()],
  ["getfqdn('127.0.0.1')", () => getfqdn('127.0.0.1')],
  ["getservbyname('http')", () => getservbyname('http')],
  ["getservbyname('domain', 'udp')", () => getservbyname('domain', 'udp')],
  ["getservbyname('nonesuch')", () => getservbyname('nonesuch')],
  ["getservbyname('http', 'nonesuch')", () => getservbyname('http', 'nonesuch')],
  ['getservbyport(80)', () => getservbyport(80)],
  ["getservbyport(53, 'udp')", () => getservbyport(53, 'udp')],
  ['getservbyport(1)', () => getservbyport(1)],
  ['getservbyport(65432)', () => getservbyport(65432)],
  ["getprotobyname('tcp')", () => getprotobyname('tcp')],
  ["getprotobyname('icmp')", () => getprotobyname('icmp')],
  ["getprotobyname('nonesuch')", () => getprotobyname('nonesuch')],
  ['if_nameindex()', () => ifNameindex()],
  ["if_nametoindex('lo')", () => ifNametoindex('lo')],
  ["if_nametoindex('no_such_interface_at_all')", () => ifNametoindex('no_such_interface_at_all')],
  ["if_nametoindex('')", () => ifNametoindex('')],
  ['if_indextoname(1)', () => ifIndextoname(1)],
  ['if_indextoname(0)', () => ifIndextoname(0)],
  ['if_indextoname(2000000000)', () => ifIndextoname(2_000_000_000)],
  ['[htons(n) for n in (0, 1, 80, 0xffff)]', () => [0, 1, 80, 0xffff].map(htons)],
  ['[ntohs(n) for n in (0, 1, 80, 0xffff)]', () => [0, 1, 80, 0xffff].map(ntohs)],
  ['[htonl(n) for n in (0, 1, 0x12345678, 0xffffffff)]', () => [0, 1, 0x12345678, 0xffff_ffff].map(htonl)],
  ['[ntohl(n) for n in (0, 1, 0x12345678, 0xffffffff)]', () => [0, 1, 0x12345678, 0xffff_ffff].map(ntohl)],
];
const expected = cpython(cases.map(([python]) => python));

describe.skipIf(expected === undefined)('what CPython says', () => {
  it.each(cases.map(([python, call], i) => ({ python, call, i })))('$python', ({ call, i }) => {
    expect(here(call)).toEqual(expected?.[i]);
  });
});

describe('what nobody has', () => {
  it.each([
    ['a host', () => gethostbyname('no..such.host'), 'GaiError ENOTFOUND'],
    ['a service', () => getservbyname('nonesuch'), 'OSError ENOENT'],
    ['a service with a NUL', () => getservbyname('http\0'), 'OSError ENOENT'],
    ['the service of a port', () => getservbyport(65432), 'OSError ENOENT'],
    ['a protocol', () => getprotobyname('nonesuch'), 'OSError ENOENT'],
    ['an interface', () => ifNametoindex('nonesuch'), 'OSError ENODEV'],
    ['an interface with too long a name', () => ifNametoindex('x'.repeat(100)), 'OSError ENODEV'],
    ['an interface by its index', () => ifIndextoname(2_000_000_000), 'OSError ENXIO'],
    ['a port', () => getservbyport(65536), 'ValueError ERR_INVALID_PORT'],
    ['a number of 16 bits', () => htons(65536), 'ValueError ERR_OUT_OF_RANGE'],
    ['a negative number', () => htonl(-1), 'ValueError ERR_OUT_OF_RANGE'],
    ['a number that is a string', () => ntohs('1' as never), 'TypeError ERR_INVALID_ARG_TYPE'],
    ['a name that is a number', () => ifNametoindex(1 as never), 'TypeError ERR_INVALID_ARG_TYPE'],
    ['a host that is a number', () => gethostbyname(1 as never), 'TypeError ERR_INVALID_ARG_TYPE'],
    ['a service that is a number', () => getservbyname(1 as never), 'TypeError ERR_INVALID_ARG_TYPE'],
    ['a protocol that is a number', () => getservbyport(1, 1 as never), 'TypeError ERR_INVALID_ARG_TYPE'],
  ])('is %s', (_title, call, error) => {
    expect(thrown(call)).toBe(error);
  });

  it('is named by the classes of Python, too', () => {
    expect([gaierror.name, herror.name]).toEqual(['GaiError', 'HError']);
    expect(new herror(1, 'gethostbyaddr', 'x')).toMatchObject({
      code: 'HOST_NOT_FOUND',
      errno: 1,
      hostname: 'x',
    });
  });
});
