/** `fd-selectors doctor`: what it finds, and what it makes of what is missing. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errnoName } from '../../src/cli/doctor/calls.js';
import { painter, wantsColor } from '../../src/cli/doctor/color.js';
import { whyNoRing } from '../../src/cli/doctor/features.js';
import { descriptors, ports } from '../../src/cli/doctor/limits.js';
import { print } from '../../src/cli/doctor/print.js';
import { bad, note, ok, type Report } from '../../src/cli/doctor/report.js';
import { findCommand, summarize } from '../../src/cli/doctor/runtimes.js';
import { mappedAddons, reasonsFor } from '../../src/cli/doctor/system.js';
import { native } from '../../src/native.js';
import { tempdir } from '../support/tempdir.js';
import { cli, PATIENCE, run } from './fixture.js';

/** The findings of a report, by title and name. */
function findingsOf(json: string): Map<string, { state: string; text: string }> {
  const { sections } = JSON.parse(json) as Report;
  return new Map(
    sections.flatMap(({ title, findings }) => findings.map((one) => [`${title}: ${one.name}`, one] as const)),
  );
}

describe('the doctor', () => {
  it(
    'finds that the package works here, and says why it took the addon',
    async () => {
      const { code, stdout } = await run(['doctor', '--json', '--this-runtime']);
      const found = findingsOf(stdout);
      expect(code).toBe(0);
      for (const name of ['select(2)', 'poll(2)', 'epoll_create1(2)', 'socket(AF_UNIX)', 'eventfd(2)']) {
        expect(found.get(`System calls: ${name}`)).toMatchObject({ state: 'ok', text: 'works' });
      }
      expect(found.get('Features: selectAsync, events, ready')).toMatchObject({
        state: 'ok',
        text: expect.stringMatching(/^work, by/),
      });
      expect(found.get('Addon: file')?.text).toMatch(/fd[-_]selectors\.node$/);
      expect(found.get('Addon: why')?.text).toMatch(/\S/);
      expect(found.get('System: runtime')?.text).toContain(`Node ${process.versions.node}`);
      expect([...found.keys()].filter((name) => name.startsWith('Other'))).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'says with exit code 1 that no addon can be loaded, and still looks at the rest',
    async () => {
      const { code, stdout, stderr } = await run(['doctor', '--this-runtime'], {
        FD_SELECTORS_PREBUILD: '/none',
      });
      expect(code).toBe(1);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/\nAddon\n {2}✗ /);
      expect(stdout).toContain('RLIMIT_NOFILE');
      expect(stdout).toMatch(/\n1 of these needs you\.\n$/);
      expect(stdout).not.toMatch(/^ +at /m);
    },
    PATIENCE,
  );

  it(
    'asks the other runtimes on the PATH',
    async () => {
      using dir = tempdir();
      const report = { version: '', runtime: 'Bun 9.9', sections: [] };
      const scripts = { bun: `echo '${JSON.stringify(report)}'`, deno: 'echo it is broken >&2; exit 1' };
      for (const [name, script] of Object.entries(scripts)) {
        writeFileSync(dir.join(name), `#!/bin/sh\n${script}\n`);
        chmodSync(dir.join(name), 0o755);
      }
      const { stdout } = await run(['doctor', '--json'], { PATH: dir.path });
      const found = findingsOf(stdout);
      expect(found.get('Other runtimes: Bun 9.9')).toMatchObject({ state: 'ok', text: 'everything works' });
      expect(found.get(`Other runtimes: ${dir.join('deno')}`)).toMatchObject({
        state: 'note',
        text: 'cannot tell: it is broken',
      });
      expect(found.get('Other runtimes: node')).toMatchObject({ text: 'not on the PATH' });
    },
    PATIENCE,
  );

  it(
    'is in color where FORCE_COLOR asks for it, not into a pipe, and not in JSON',
    async () => {
      const args = ['doctor', '--this-runtime'];
      const start = '\x1b[';
      expect((await run(args, { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).toContain(start);
      expect((await run(args)).stdout).not.toContain(start);
      expect((await run([...args, '--json'], { FORCE_COLOR: '1' })).stdout).not.toContain(start);
    },
    PATIENCE,
  );

  const inject = ['epoll_pwait2', 'io_uring_setup', 'pidfd_open'].flatMap((call) => [
    '-e',
    `inject=${call}:error=ENOSYS`,
  ]);
  const strace = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'trace=epoll_pwait2,io_uring_setup,pidfd_open',
    ...inject,
  ];
  const traces = spawnSync('strace', [...strace, 'true']).status === 0;
  if (!traces) console.warn('skipped: strace is not there, or may not trace');

  it.skipIf(!traces)(
    'names the fallback for what an old kernel lacks',
    () => {
      const { LD_PRELOAD = '', ...env } = process.env;
      const preload = LD_PRELOAD === '' ? [] : ['-E', `LD_PRELOAD=${LD_PRELOAD}`];
      const args = [...preload, ...strace, process.execPath, cli, 'doctor', '--json', '--this-runtime'];
      const { status, stdout } = spawnSync('strace', args, { env, encoding: 'utf8', timeout: PATIENCE });
      const found = findingsOf(stdout);
      expect(status).toBe(0);
      expect(found.get('System calls: epoll_pwait2(2)')).toMatchObject({
        state: 'note',
        text: expect.stringContaining('epoll_wait takes its place'),
      });
      expect(found.get('System calls: pidfd_open(2)')?.text).toBe('ENOSYS: no PidFd, which needs Linux 5.3');
      expect(found.get('Features: io_uring')).toMatchObject({
        state: 'note',
        text: expect.stringContaining('this kernel has none'),
      });
    },
    PATIENCE,
  );
});

describe('the parts of the report', () => {
  it('tells why a file was loaded, and what else is there', () => {
    const places = [
      { file: '/none/build/fd_selectors.node', why: 'compiled' },
      { file: cli, why: 'prebuilt' },
    ];
    const text = (found: { name: string; text: string }[]) => found.map((one) => `${one.name}: ${one.text}`);
    const path = relative(process.cwd(), cli);
    expect(text(reasonsFor([cli], places))).toEqual([`file: ${path}`, 'why: prebuilt']);
    expect(text(reasonsFor(['/none/build/fd_selectors.node'], places)).slice(1)).toEqual([
      'why: compiled',
      `also there: ${path} (prebuilt)`,
    ]);
    expect(text(reasonsFor(['/elsewhere/fd_selectors.node'], []))[1]).toContain('not where the loader looks');
  });

  it('finds the addon in the memory of the process', () => {
    const maps = [
      '7f00-7f01 r-xp 00000000 fe:01 12 /usr/lib/libc.so.6',
      '7f02-7f03 r--p 00000000 fe:01 13 /my app/build/Release/fd_selectors.node',
      '7f03-7f04 r-xp 00000000 fe:01 13 /my app/build/Release/fd_selectors.node',
      '7f05-7f06 r-xp 00000000 fe:01 14 /b/prebuilds/linux-x64/fd-selectors.node (deleted)',
      '7f07-7f08 r-xp 00000000 fe:01 15 /b/other.node',
    ];
    expect(mappedAddons(maps.join('\n'))).toEqual([
      '/my app/build/Release/fd_selectors.node',
      '/b/prebuilds/linux-x64/fd-selectors.node',
    ]);
  });

  it('warns of a small limit of descriptors', () => {
    const limits = (soft: string) =>
      `Max open files            ${soft}                1048576              files`;
    expect(descriptors(limits('1024'))).toEqual(
      note('RLIMIT_NOFILE', '1,024 open descriptors, at most 1,048,576; raise it with ulimit -n'),
    );
    expect(descriptors(limits('65536'))).toMatchObject({ state: 'ok' });
    expect(descriptors(limits('unlimited')).text).toBe('unlimited open descriptors, at most 1,048,576');
    expect(descriptors('')).toMatchObject({ state: 'note' });
  });

  it('counts the ports', () => {
    expect(ports('32768\t60999').text).toBe('32768 to 60999: 28,232 connections to one server port');
  });

  it.each([
    ['ENOSYS', '0', 'older than Linux 5.11'],
    ['EPERM', '2', 'io_uring_disabled is 2'],
    ['EPERM', '1', 'privileged users only'],
    ['EPERM', '0', 'seccomp'],
    ['ENOMEM', undefined, 'ulimit -l'],
    ['EMFILE', undefined, 'EMFILE'],
  ])('says why there is no ring: %s, %s', (code, disabled, why) => {
    expect(whyNoRing(code, disabled)).toContain(why);
  });

  it('names an errno', () => {
    expect(errnoName(native, -11)).toBe('EAGAIN');
    expect(errnoName(native, -9)).toBe('EBADF');
    expect(errnoName(native, -99_999)).toBe('errno 99999');
  });

  it('sums up another runtime in one line', () => {
    const report = (...findings: Report['sections'][0]['findings']): Report => ({
      version: '1',
      runtime: 'Bun 1.2',
      sections: [{ title: 'T', findings }],
    });
    expect(summarize(report(note('io_uring', 'no')))).toEqual(ok('Bun 1.2', 'everything works'));
    expect(summarize(report(bad('selectAsync, events, ready', 'ENOSYS'), bad('x', 'y')))).toEqual(
      note('Bun 1.2', 'selectAsync, events, ready: ENOSYS; x: y'),
    );
  });

  it('finds a command as a shell does', () => {
    using dir = tempdir();
    mkdirSync(dir.join('empty'));
    writeFileSync(dir.join('tool'), '', { mode: 0o644 });
    const path = `${dir.join('empty')}:${dir.path}`;
    expect(findCommand('tool', path)).toBeUndefined();
    chmodSync(dir.join('tool'), 0o755);
    expect(findCommand('tool', path)).toBe(join(dir.path, 'tool'));
  });

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '' }, true],
    [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ])('decides about color: terminal %s, %j', (isTTY, env, wanted) => {
    expect(wantsColor(isTTY, env)).toBe(wanted);
  });

  it('is aligned, and its last line is the verdict', () => {
    const report = {
      version: '1.2.3',
      runtime: 'Node',
      sections: [{ title: 'T', findings: [ok('a', 'b'), note('long', 'c\nd')] }],
    };
    expect(print(report, painter(false))).toBe(
      [
        'fd-selectors 1.2.3',
        '',
        'T',
        '  ✓ a     b',
        '  ! long  c',
        '          d',
        '',
        'The package works; ! marks what is limited here.',
      ].join('\n'),
    );
  });
});
