/** Where io_uring is forbidden or short of memory: by a seccomp filter, as in Docker and gVisor, and by `ulimit -l`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { root } from '../support/child.js';
import { LIMIT } from '../support/limit.js';
import { uring } from './rings.js';

/** Runs a command in which the system calls from one number to another fail. */
const LAUNCHER = `
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  const unsigned first = atoi(argv[1]), last = atoi(argv[2]), error = atoi(argv[3]);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (argc < 5 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 77;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 77;
  execv(argv[4], argv + 4);
  return 78;
}
`;
const [SETUP, ENTER, REGISTER] = [425, 426, 427];
const [EPERM, EINVAL, ENOSYS] = [1, 22, 38];

let dir = '';
let launcher = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'seccomp-'));
  const source = join(dir, 'launcher.c');
  writeFileSync(source, LAUNCHER);
  const program = join(dir, 'launcher');
  if (spawnSync('cc', [source, '-o', program], { timeout: LIMIT }).status === 0) launcher = program;
});

afterAll(() => rmSync(dir, { recursive: true }));

function run(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: LIMIT });
}

const PROBE = `
import { available, Ring } from 'fd-selectors/uring';
const { code, reason, ...rest } = available();
let thrown = 'nothing';
try { new Ring().close(); } catch (error) { thrown = error.code + ' ' + error.syscall; }
console.log(JSON.stringify([rest.available, code, reason, thrown]));
`;

/** The beginning of a script: a ring that receives what `peer` sends. */
const RECEIVING = `
import { socketpair } from 'fd-selectors/socket';
import { Ring } from 'fd-selectors/uring';
const [ours, peer] = socketpair();
const ring = new Ring();
ring.recvMultishot(ours);`;

describe('under a seccomp filter', () => {
  /** Runs a script in which system calls fail; skips the test where that is not possible. */
  const forbidding = (
    { skip }: Pick<TestContext, 'skip'>,
    [first, last, error]: readonly [first: number, last: number, error: number],
    script: string,
  ) => {
    if (launcher === '') skip('no C compiler');
    const node = [process.execPath, '--input-type=module', '-e', script];
    const ended = run(launcher, [`${first}`, `${last}`, `${error}`, ...node]);
    if (ended.status === 77) skip('no seccomp');
    return ended;
  };

  it.for([
    ['EPERM, as in Docker: available() says that io_uring is forbidden', EPERM, 'io_uring is forbidden here'],
    ['ENOSYS, as in gVisor: available() says that there is none', ENOSYS, 'this kernel has no io_uring'],
  ] as const)('%s', ([name, error, reason], context) => {
    const code = name.split(',', 1)[0] as string;
    const { stdout } = forbidding(context, [SETUP, REGISTER, error], PROBE);
    const thrown = `${code} io_uring_setup`;
    expect(JSON.parse(stdout)).toEqual([false, code, expect.stringContaining(reason), thrown]);
  });

  describe.skipIf(!uring.available)('with io_uring', () => {
    it('where a ring can be opened but not used, available() finds out', (context) => {
      const { status } = forbidding(context, [ENTER, ENTER, EPERM], '');
      if (status !== 0) context.skip('this Node has rings of its own, and aborts by itself');
      const { stdout } = forbidding(context, [ENTER, ENTER, EPERM], PROBE);
      expect(JSON.parse(stdout).slice(0, 2)).toEqual([false, 'EPERM']);
    });

    it('where io_uring_register is forbidden, receives have memory of their own', (context) => {
      const { stdout, stderr } = forbidding(
        context,
        [REGISTER, REGISTER, EPERM],
        `${RECEIVING}
      for (let i = 0; i < 3; i++) {
        peer.send(Buffer.from('message ' + i));
        const [completion] = ring.completions(60);
        console.log(completion.bytes + ' ' + completion.more);
        ring.send(ours, completion);
        ring.completions(60);
        console.log(String(peer.recv(100)));
      }
      ring.closeFd(ours);
      console.log(ring.completions(60).map(({ op, error }) => op + ' ' + error?.code).sort().join(', '));
      ring.close();
      `,
      );
      expect(stderr).toBe('');
      const lines = [0, 1, 2].flatMap((i) => [`message ${i} true`, `message ${i}`]);
      expect(stdout).toBe(`${[...lines, 'close undefined, recv ECANCELED'].join('\n')}\n`);
    });

    it('where io_uring_register is forbidden, a closed ring does not hold back the end of a connection', (context) => {
      const { stdout, stderr } = forbidding(
        context,
        [REGISTER, REGISTER, EPERM],
        `${RECEIVING}
      ring.completions(0);
      ring.close();
      ours.close();
      peer.settimeout(10);
      console.log(peer.recv(100).length);
      `,
      );
      expect([stdout, stderr]).toEqual(['0\n', '']);
    });

    it('where the kernel cannot cancel all at once, as before 6.0, closed rings are unmapped all the same', (context) => {
      const { stdout, stderr } = forbidding(
        context,
        [REGISTER, REGISTER, EINVAL],
        `
      import { readFileSync } from 'node:fs';
      import { setImmediate } from 'node:timers/promises';
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import { socketpair } from 'fd-selectors/socket';
      import { available, Ring } from 'fd-selectors/uring';
      import { kernel } from './dist/uring/queues.js';
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('gc');
      const mapped = () => readFileSync('/proc/self/maps', 'utf8').split('io_uring').length - 1;
      const before = mapped();
      kernel.deferred = false;
      const [ours, peer] = socketpair();
      function use() {
        available();
        const ring = new Ring({ entries: 8 });
        ring.recvMultishot(ours);
        peer.send(Buffer.from('x'));
        while (ring.completions(60).length === 0);
        ring.close();
      }
      for (let i = 0; i < 8; i++) use();
      const end = performance.now() + 20_000;
      while (mapped() > before && performance.now() < end) {
        gc();
        await setImmediate();
      }
      console.log(mapped() - before);
      `,
      );
      expect([stdout, stderr]).toEqual(['0\n', '']);
    });
  });
});

/** Without CAP_IPC_LOCK, rings count toward the limit, also for root. */
const UNPRIVILEGED = ['--inh-caps=-ipc_lock', '--bounding-set=-ipc_lock', '--'];
const drops = spawnSync('setpriv', [...UNPRIVILEGED, 'true'], { timeout: LIMIT }).status === 0;

describe.skipIf(!drops || !uring.available)('memlock', () => {
  /** Node starts with no such memory at all: its own rings, if it has any, would take a part of it. */
  const limited = (kilobytes: number, script: string) => {
    const raise = `
      import { execFileSync } from 'node:child_process';
      execFileSync('prlimit', ['--memlock=${kilobytes * 1024}:', '--pid', String(process.pid)]);`;
    const node = [process.execPath, '--input-type=module', '-e', raise + script];
    const shell = ['/bin/sh', '-c', `ulimit -S -l 0; ulimit -H -l ${kilobytes}; exec "$0" "$@"`];
    return run('setpriv', [...UNPRIVILEGED, ...shell, ...node]);
  };

  it('a ring of the default sizes, with its buffers, fits into 64 KiB', () => {
    const { stdout, stderr } = limited(
      64,
      `${RECEIVING}
      peer.send(Buffer.from('fits'));
      console.log(String(ring.completions(60)[0].bytes));
      `,
    );
    expect([stdout, stderr]).toEqual(['fits\n', '']);
  });

  it('one that does not fit fails with ENOMEM, where the kernel counts it, and leaves nothing open', () => {
    const { stdout } = limited(
      64,
      `
      import { readdirSync } from 'node:fs';
      import { Ring } from 'fd-selectors/uring';
      const before = readdirSync('/proc/self/fd').length;
      let said = 'fits';
      try { new Ring({ entries: 4096, completions: 32768 }).close(); } catch (error) { said = error.code; }
      console.log(said, readdirSync('/proc/self/fd').length - before);
      `,
    );
    // Linux 5.12 to 6.13 do not count rings.
    expect(['ENOMEM 0\n', 'fits 0\n']).toContain(stdout);
  });
});
