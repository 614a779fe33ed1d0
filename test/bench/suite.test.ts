import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

  it('ends its subjects when it is interrupted', async () => {
    const child = spawn(process.execPath, [
      cli,
      '--quick',
      '--trial',
      'idle',
      '--subject',
      'ours',
      '--ms',
      '20000',
    ]);
    const subject = await vi.waitUntil(() => childrenOf(child.pid as number)[0], { timeout: 20_000 });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    await vi.waitUntil(() => !isAlive(subject), { timeout: 5_000 });
  }, 60_000);

  it('says what it does not understand', () => {
    const { status, stderr } = bench('--trial', 'nothing');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^there is no trial nothing/);
  });
});
