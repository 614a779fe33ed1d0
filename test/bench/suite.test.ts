import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Results } from '../../bench/results.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/bench/cli.js');
const dir = mkdtempSync(join(tmpdir(), 'bench-'));

function bench(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8', timeout: 60_000 });
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

/** A process that nobody has waited for yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

// The subjects are processes: they run what is compiled, as users do.
beforeAll(() => {
  for (const project of ['tsconfig.build.json', 'tsconfig.bench.json']) {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
      cwd: root,
    });
  }
}, 120_000);

afterAll(() => rmSync(dir, { recursive: true }));

describe('the command', () => {
  it('measures, and writes what it found', () => {
    const json = join(dir, 'results.json');
    const argv = [
      '--quick',
      '--trial',
      'idle',
      '--fds',
      '10',
      '--ms',
      '5',
      '--rounds',
      '2',
      '--subject',
      'ours',
    ];
    const { status, stdout } = bench(...argv, '--json', json);
    expect(status).toBe(0);
    expect(stdout).toContain('fd-selectors epoll');
    const results = JSON.parse(readFileSync(json, 'utf8')) as Results;
    expect(results.rounds).toBe(2);
    expect(results.participants.map(({ name }) => name)).toEqual(['ours-select', 'ours-poll', 'ours-epoll']);
    for (const { trial, workload, figures, skipped } of results.measurements) {
      expect({ trial, workload, skipped }).toEqual({
        trial: 'idle',
        workload: { readiness: '0', fds: 10, ready: 0 },
        skipped: undefined,
      });
      expect(figures['ns']?.median).toBeGreaterThan(0);
    }
    expect(results.measurements).toHaveLength(3);
  }, 60_000);

  it('serves, loads and stops an echo server', () => {
    const json = join(dir, 'echo.json');
    const { status } = bench(
      '--quick',
      '--trial',
      'echo',
      '--ms',
      '10',
      '--subject',
      'ours-epoll',
      '--json',
      json,
    );
    expect(status).toBe(0);
    const { measurements } = JSON.parse(readFileSync(json, 'utf8')) as Results;
    expect(measurements.map(({ workload }) => workload['bytes'])).toEqual([64, 16384]);
    for (const { figures } of measurements) expect(figures['requests']?.median).toBeGreaterThan(0);
  }, 60_000);

  it('ends its subjects when it is interrupted, and writes what it has measured', async () => {
    const json = join(dir, 'interrupted.json');
    const sizes = ['--fds', '10', '--ms', '1', '--rounds', '100000'];
    const argv = ['--quick', '--trial', 'idle', '--subject', 'ours-poll', ...sizes, '--json', json];
    const child = spawn(process.execPath, [cli, ...argv], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const next = (after?: number) =>
      vi.waitUntil(() => childrenOf(child.pid as number).find((pid) => pid !== after), { timeout: 20_000 });
    // The second subject runs when the first has given its figures.
    const subject = await next(await next());
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await vi.waitUntil(() => !isAlive(subject), { timeout: 5_000 });
    const { interrupted, measurements } = JSON.parse(readFileSync(json, 'utf8')) as Results;
    expect(interrupted).toBe(true);
    expect(measurements.map(({ subject, skipped }) => [subject, skipped])).toEqual([
      ['ours-poll', undefined],
    ]);
  }, 60_000);

  it('says what it does not understand', () => {
    const { status, stderr } = bench('--trial', 'nothing');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^there is no trial nothing/);
    const other = join(dir, 'other.json');
    writeFileSync(other, '{}');
    expect(bench('--from', other)).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('the load in JavaScript, for machines without a compiler', () => {
  const start = (script: string, ...workload: string[]) => {
    const words = [join(root, 'dist/bench/subjects', script), ...workload];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answer = async () => JSON.parse((await lines.next()).value ?? '{}') as Record<string, number>;
    return { child, answer };
  };

  it.each([0, 1])(
    'measures what the one in C does, reconnecting: %d',
    async (reconnect) => {
      const server = start('ours/echo.js', 'backend=epoll');
      const { port } = await server.answer();
      const sizes = ['connections=5', 'bytes=3000', 'warmup=1', 'ms=20', `reconnect=${reconnect}`];
      const load = start('load.js', `port=${port}`, ...sizes);
      expect(await load.answer()).toEqual({ opened: 5 });
      load.child.stdin.end('\n');
      const { requests, p50, p99, startup, served, ...others } = await load.answer();
      for (const figure of [requests, p50, p99, startup, served]) expect(figure).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50 as number);
      expect(others).toEqual({});
      expect(await once(load.child, 'exit')).toEqual([0, null]);
    },
    60_000,
  );
});
