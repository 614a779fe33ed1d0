/** The constants of CPython's socket on Linux, all but those with a reason. */
import { spawnSync } from 'node:child_process';
import * as socket from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

/** What is left out, and why. */
const LEFT_OUT: readonly [reason: string, names: RegExp][] = [
  ['errno is errors.code here', /^(EAGAIN|EBADF|EWOULDBLOCK)$/],
  [
    'protocols that left the kernel, or that nobody uses over sockets',
    /^AF_(APPLETALK|ASH|ATMPVC|ATMSVC|AX25|BRIDGE|ECONET|IPX|IRDA|KEY|LLC|NETBEUI|NETROM|PPPOX|ROSE|ROUTE|SECURITY|SNA|WANPIPE|X25)$/,
  ],
  ['no addresses of TIPC here, but as bytes', /^(SOL_)?TIPC_?/],
];

const script = `
import json, re, socket
names = [name for name in dir(socket) if re.fullmatch('[A-Z][A-Z0-9_]*', name)]
print(json.dumps({name: int(getattr(socket, name)) for name in names if isinstance(getattr(socket, name), int)}))`;
const { stdout, error } = spawnSync('python3', ['-c', script], { encoding: 'utf8', timeout: LIMIT });
const python = (error === undefined ? JSON.parse(stdout) : {}) as Record<string, number>;
const here = socket as unknown as Record<string, unknown>;
const reasonFor = (name: string): string | undefined => LEFT_OUT.find(([, names]) => names.test(name))?.[0];

describe.skipIf(error !== undefined)("the constants of CPython's socket", () => {
  it('are here, with the same values', () => {
    const wanted = Object.entries(python).filter(([name]) => reasonFor(name) === undefined);
    expect(wanted.length).toBeGreaterThan(280);
    // SOCK_CLOEXEC and its kin are unsigned here, SOMAXCONN is what the headers say.
    expect(Object.fromEntries(wanted.map(([name]) => [name, here[name]]))).toEqual(
      Object.fromEntries(wanted),
    );
  });

  it('are left out for a reason that still holds', () => {
    for (const [reason, names] of LEFT_OUT) {
      expect(
        Object.keys(python).some((name) => names.test(name)),
        reason,
      ).toBe(true);
      expect(
        Object.keys(here).filter((name) => names.test(name) && name !== 'AF_TIPC'),
        reason,
      ).toEqual([]);
    }
  });
});
