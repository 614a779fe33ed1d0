import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readResults, serialize } from '../../bench/results.js';
import { LIMIT } from '../support/limit.js';
import { headline } from './fixture.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/bench/cli.js');
const dir = mkdtempSync(join(tmpdir(), 'bench-'));

function bench(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8', timeout: 2 * LIMIT });
}

/** Those children of a process that are called like this. */
function childrenOf(pid: number, command: RegExp): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children.map(Number).filter((child) => {
    try {
      return command.test(readFileSync(`/proc/${child}/cmdline`, 'utf8'));
    } catch {
      return false;
    }
  });
}

/** A process that nobody has waited for yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

// The subjects are processes: they run what is compiled, as users do. Not compiled here: the tests of other files run
// programs from dist/ at the same time, and would read half-written modules.
if (!existsSync(cli)) throw new Error('the benchmark is not built: npm run build');

afterAll(() => rmSync(dir, { recursive: true }));

describe('the command', () => {
  it('measures, and writes what it found', () => {
    const json = join(dir, 'results.json');
    const report = join(dir, 'report.html');
    const argv = ['--trial', 'idle', '--fds', '10', '--ms', '5', '--rounds', '2', '--subject', 'ours'];
    const { status, stdout, stderr } = bench(...argv, '--json', json, '--report', report);
    expect(status).toBe(0);
    expect(stdout).toContain('fd-selectors epoll');
    expect(stderr).toMatch(/^3 cases, up to 2 rounds: about 0:0\d minutes\.\n/);
    expect(readFileSync(report, 'utf8')).toContain('fd-selectors epoll');
    const results = readResults(json);
    expect(results.recording).toMatchObject({ rounds: 2, interrupted: false });
    expect(results.recording.command).toBe(
      `npm run bench -- ${argv.join(' ')} --json ${json} --report ${report}`,
    );
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
  });

  it('serves, loads and stops echo servers in turns, and counts their CPU time', () => {
    const json = join(dir, 'echo.json');
    const argv = ['--trial', 'echo', '--ms', '10', '--subject', 'ours-epoll,ours-async'];
    const { status, stderr } = bench(...argv, '--connections', '10', '--bytes', '64,16384', '--json', json);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^4 cases, 1 round: about 0:0\d minutes\.\n/);
    const { measurements } = readResults(json);
    expect(measurements.map(({ workload, subject }) => [workload['bytes'], subject])).toEqual([
      ...[
        [64, 'ours-epoll'],
        [64, 'ours-async'],
      ],
      ...[
        [16384, 'ours-epoll'],
        [16384, 'ours-async'],
      ],
    ]);
    for (const { figures } of measurements) {
      expect(figures['cpu']?.turns).toHaveLength(4);
      expect(figures['requests']?.median).toBeGreaterThan(0);
      // Server and load share a core where there is taskset, or have one each: neither has more than one.
      expect(figures['cpu']!.median * figures['requests']!.median).toBeGreaterThan(0);
      expect(figures['cpu']!.median * figures['requests']!.median).toBeLessThan(1.1e9);
    }
  });

  it('measures coroutines beside callbacks, which only serve', () => {
    const json = join(dir, 'coroutines.json');
    const argv = ['--trial', 'coroutines', '--ms', '10', '--rounds', '1', '--json', json];
    const { status, stdout } = bench(...argv, '--subject', 'ours-coroutines,ours-epoll');
    expect(status).toBe(0);
    const figures = readResults(json).measurements.map((one) => [
      one.workload['trial'],
      one.subject,
      Object.keys(one.figures).join(' '),
    ]);
    expect(figures).toEqual([
      ['switch', 'ours-coroutines', 'ns'],
      ['memory', 'ours-coroutines', 'ns bytes'],
      ['timers', 'ours-coroutines', 'ns'],
      ['echo', 'ours-epoll', 'bytes cpu requests'],
      ['echo', 'ours-coroutines', 'bytes cpu requests'],
    ]);
    // A table shows the figures that its part of the trial has.
    expect(stdout).toContain('coroutines, switch: time for each by tasks');
    expect(stdout).not.toContain('coroutines, switch: memory');
    expect(stdout).toContain("coroutines, echo: the server's CPU time per request by tasks");
  });

  it('keeps results that nobody asked to keep', () => {
    const argv = ['--trial', 'wakeup', '--ms', '1', '--rounds', '1', '--subject', 'set-immediate'];
    const { status, stderr } = spawnSync(process.execPath, [cli, ...argv], {
      encoding: 'utf8',
      timeout: LIMIT,
      env: { ...process.env, TMPDIR: dir },
    });
    expect(status).toBe(0);
    const file = /Results: (.*)/.exec(stderr)?.[1] ?? '';
    expect(readResults(file).measurements).toHaveLength(2);
  });

  it('ends its subjects when it is interrupted, and writes what it has measured', async () => {
    const json = join(dir, 'interrupted.json');
    const sizes = ['--fds', '10', '--ms', '1', '--rounds', '100000'];
    const argv = ['--trial', 'idle', '--subject', 'ours-poll', ...sizes, '--json', json];
    const child = spawn(process.execPath, [cli, ...argv], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const next = (after?: number) =>
      vi.waitUntil(() => childrenOf(child.pid as number, /\/subjects\//).find((pid) => pid !== after), {
        timeout: LIMIT,
      });
    // The second subject runs when the first has given its figures.
    const subject = await next(await next());
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await vi.waitUntil(() => !isAlive(subject), { timeout: LIMIT });
    const { recording, measurements } = readResults(json);
    expect(recording.interrupted).toBe(true);
    expect(measurements.map(({ subject, skipped }) => [subject, skipped])).toEqual([
      ['ours-poll', undefined],
    ]);
  });

  it('ends servers and their loads when it is interrupted', async () => {
    const json = join(dir, 'servers.json');
    // Turns for an hour.
    const argv = ['--trial', 'echo', '--connections', '5', '--ms', '100000', '--json', json];
    const subjects = ['--subject', 'ours-epoll,ours-async'];
    const child = spawn(process.execPath, [cli, ...argv, ...subjects], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    // Two servers and a load for each of them.
    const alive = await vi.waitUntil(
      () => {
        const pids = childrenOf(child.pid as number, /trial=echo/);
        return pids.length === 4 ? pids : undefined;
      },
      { timeout: LIMIT },
    );
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await vi.waitUntil(() => !alive.some(isAlive), { timeout: LIMIT });
    // Those of whole turns, if there were any by then.
    expect(readResults(json).measurements.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
  });

  it('says why a server could not, and measures the others', () => {
    const json = join(dir, 'skipped.json');
    const argv = ['--trial', 'echo', '--ms', '5', '--subject', 'ours-select,ours-epoll'];
    const { status, stdout } = bench(...argv, '--connections', '1100', '--json', json);
    expect(status).toBe(0);
    expect(stdout).toMatch(/fd-selectors select +–/);
    const [select, epoll] = readResults(json).measurements;
    expect(select).toMatchObject({ figures: {}, skipped: expect.stringContaining('less than 1024') });
    expect(epoll?.figures['cpu']?.median).toBeGreaterThan(0);
  });

  it('measures nothing where it cannot write, or does not understand', () => {
    const refused = (message: RegExp, ...argv: string[]) => {
      const { status, stdout, stderr } = bench(...argv);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    };
    refused(/^There is no trial nothing\./, '--trial', 'nothing');
    refused(/^--json cannot write .*: ENOENT/, '--json', join(dir, 'none/results.json'));
    refused(/^--report cannot write .*: EISDIR/, '--report', dir);
    refused(/^Cannot read results from/, '--from', join(dir, 'none.json'));
  });

  it('makes the page of results that were kept', () => {
    const json = join(dir, 'kept.json');
    const report = join(dir, 'kept.html');
    writeFileSync(json, serialize(headline()));
    const { status, stdout } = bench('--from', json, '--report', report);
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^select /)]);
    expect(readFileSync(report, 'utf8')).toContain('class="answer"');
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

  it.each([0, 1])('measures what the one in C does, reconnecting: %d', async (reconnect) => {
    const server = start('ours/echo.js', 'backend=epoll');
    const { port } = await server.answer();
    const sizes = ['connections=5', 'bytes=3000', `reconnect=${reconnect}`];
    const load = start('load.js', `port=${port}`, `server=${server.child.pid}`, ...sizes);
    const { opened, startup } = await load.answer();
    expect(opened).toBe(5);
    expect(startup).toBeGreaterThan(0);
    for (const ms of [1, 20]) {
      load.child.stdin.write(`${ms}\n`);
      const { requests, p50, p99, cpu, ...others } = await load.answer();
      for (const figure of [requests, p50, p99]) expect(figure).toBeGreaterThan(0);
      // Counted in ticks of ten milliseconds where the kernel does not say more.
      expect(cpu).toBeGreaterThanOrEqual(0);
      expect(p99).toBeGreaterThanOrEqual(p50 as number);
      expect(others).toEqual({});
    }
    load.child.stdin.end();
    expect(await once(load.child, 'exit')).toEqual([0, null]);
  });
});
