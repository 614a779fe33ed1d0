import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { built, folder, runProgram } from './fixture.js';
import { command } from './process.js';

const MODELS = ['blocking', 'non-blocking', 'multiplexing', 'signal-driven', 'asynchronous'];

/** The rows of a timeline: who, what was drawn, what was said. */
function rowsOf(stdout: string): [name: string, drawn: string, said: string][] {
  return [...stdout.matchAll(/^(client \d+|the thread) +\|(.{60})\| (.*)$/gm)].map(
    ([, name = '', drawn = '', said = '']) => [name, drawn, said],
  );
}

describe.each(MODELS)('models/%s', (name) => {
  it('reads the message of each client, and draws both phases of each', async () => {
    const { code, stdout, stderr } = await command(['demo', `models/${name}`]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.map(([who]) => who).toSorted()).toEqual([
      'client 0',
      'client 1',
      'client 2',
      'client 3',
      'the thread',
    ]);
    for (const [, drawn] of rows.slice(0, -1)) expect(drawn).toMatch(/^░+▒*█+ *$/);
    expect(stdout).toMatch(
      /\n\d+ ms, of which the processor worked \d+ ms\nsystem calls: .*\nno message lay/,
    );
  });

  it('says what to raise when the descriptor limit is too low', async () => {
    const { code, stderr } = await command(['demo', `models/${name}`, '--clients', '100'], 128);
    expect(stderr).toContain('the limit of 128 open descriptors is too low; raise it with ulimit -n');
    expect(code).toBe(2);
  });

  it('gives a usage line for bad options', async () => {
    const { code, stderr } = await command(['demo', `models/${name}`, '--clients', 'many']);
    expect(stderr).toMatch(new RegExp(`^usage: .* demo models/${name} \\[--clients 4\\]`, 'm'));
    expect(code).toBe(2);
  });
});

describe('the five models', () => {
  it('blocking is deaf to a client until it has read those before', async () => {
    const { stdout } = await command(['demo', 'models/blocking']);
    const rows = rowsOf(stdout);
    expect(rows.map(([who]) => who)).toEqual([...[0, 1, 2, 3].map((i) => `client ${i}`), 'the thread']);
    let before = 0;
    for (const [, , said] of rows.slice(0, -1)) {
      const [, at, late = 0] = /^sent at (\d+) ms(?:, read (\d+) ms later)?$/.exec(said) ?? [];
      expect(Number(late) + Number(at)).toBeGreaterThanOrEqual(before - 2); // Each is rounded.
      before = Math.max(before, Number(at));
    }
  });

  it('multiplexing makes no call in vain', async () => {
    const { stdout } = await command(['demo', 'models/multiplexing']);
    expect(stdout).toMatch(/^system calls: pselect6 [1-4], recvfrom 4$/m);
  });

  it('the asynchronous one shows the pool of threads where there is no io_uring', async () => {
    const { code, stdout } = await command(['demo', 'models/asynchronous', '--no-uring', '--clients', '6']);
    expect(code).toBe(0);
    expect(stdout).toContain('4 at a time (UV_THREADPOOL_SIZE)');
    expect(stdout).toContain('system calls: read, in the pool, 6\n');
    expect(rowsOf(stdout)).toHaveLength(7);
  });

  it('compare runs all of them', async () => {
    const { code, stdout, stderr } = await command(['demo', 'models/compare', '--slowest', '0.1']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = [...stdout.matchAll(/^([a-z-]+) +\d+ +\d+ +\d+\.\d {3}[a-z]/gm)].map(([, name]) => name);
    expect(rows).toEqual(MODELS);
    expect(stdout).toMatch(/^blocking .* {3}recvfrom 4$/m);
  });
});

const traced = spawnSync('strace', ['-c', '-o', '/dev/null', 'true']).status === 0;

describe.skipIf(!traced)('where io_uring is forbidden', () => {
  it.each([
    ['EPERM', 'io_uring is forbidden here'],
    ['ENOSYS', 'this kernel has no io_uring'],
  ])('%s: the asynchronous model says so, and reads in the pool', async (errno, said) => {
    const inject = ['-e', 'trace=io_uring_setup', '-e', `inject=io_uring_setup:error=${errno}`];
    const model = [process.execPath, built('demos/models/asynchronous.js')];
    const { code, stdout } = await runProgram([
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      ...inject,
      ...model,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(said);
    expect(stdout).toContain(`(${errno}).`);
    expect(stdout).toContain('system calls: read, in the pool, 4\n');
  });
});

/** How often each call begins in a log of strace; of io_uring_enter, only for rings that are not Node's own. */
function callsIn(log: string): Record<string, number> {
  const rings = [...log.matchAll(/io_uring_setup.*IORING_SETUP_CQSIZE.*= (\d+)$/gm)].map(([, fd]) => fd);
  const calls: Record<string, number> = {};
  for (const [, call = '', fd] of log.matchAll(/^\d+ +(recvfrom|pselect6|io_uring_enter)\((\d+)/gm)) {
    if (call !== 'io_uring_enter' || rings.includes(fd)) calls[call] = (calls[call] ?? 0) + 1;
  }
  return calls;
}

describe.skipIf(!traced)('the system calls that a model counts', () => {
  const ATTEMPTS = 20;

  it.each(MODELS)('%s: as strace counts them', async (name) => {
    const file = join(folder(), 'log');
    const calls = 'recvfrom,pselect6,io_uring_setup,io_uring_enter';
    const words = ['-f', '-e', `trace=${calls}`, '-o', file, process.execPath];
    // Few and quick: each call takes much longer when it is traced.
    const model = [built(`demos/models/${name}.js`), '--slowest', '0.05'];
    let stdout = '';
    let log = 'ERESTART';
    // A call that was interrupted begins twice in the log, or is made twice: that depends on the signal.
    for (let attempt = 0; attempt < ATTEMPTS && log.includes('ERESTART'); attempt++) {
      ({ stdout } = await promisify(execFile)('strace', [...words, ...model], { timeout: LIMIT }));
      log = readFileSync(file, 'utf8');
    }
    const counted = [...stdout.matchAll(/(recvfrom|pselect6|io_uring_enter) (\d+)/g)].map(
      ([, call, times]) => [call, Number(times)],
    );
    const seen = callsIn(log);
    expect(Object.fromEntries(counted)).toEqual(seen);
    if (!stdout.includes('in the pool')) expect(Object.keys(seen)).not.toEqual([]);
  });
});
