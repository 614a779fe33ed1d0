/** Ctrl-C ends every program of the course cleanly: its exit code is 0, and its sockets are closed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { built } from './fixture.js';
import { DemoServer } from './process.js';
import { names } from './programs.js';

/** Over before anybody could press Ctrl-C. */
const MOMENTARY = new Set(['events/clicks', 'level-and-edge']);
/** What makes a program run long enough to be interrupted; without it, it serves, or takes two seconds. */
const LONG: Readonly<Record<string, readonly string[]>> = {
  'models/blocking': ['--slowest', '10'],
  'models/non-blocking': ['--slowest', '10'],
  'models/multiplexing': ['--slowest', '10'],
  'models/signal-driven': ['--slowest', '10'],
  'models/asynchronous': ['--slowest', '10'],
  'models/compare': ['--slowest', '1'],
  'three-parts': ['--connections', '5000'],
  '04-ten-thousand-clients': ['--messages', '1000000', '--connections', '10'],
  '05-workers': ['--connections', '1000000'],
};
const CLIENTS = new Set(['three-parts', '04-ten-thousand-clients']);
/** What a program says last: if it is said, the signal may have come too late, while the process ended. */
const OVER = /^(checked|event-driven): /m;

/** Runs a program in a process group of its own, as a shell does, and sends that group what Ctrl-C sends. */
async function interrupt(
  args: readonly string[],
  begun = /\n/,
): Promise<{ status: [code: number | null, signal: string | null]; stdout: string; stderr: string }> {
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const send = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  };
  onTestFinished(() => send('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let sent = false;
  child.stdout?.on('data', (data) => {
    stdout += data;
    if (sent || !begun.test(stdout)) return;
    sent = true;
    send('SIGINT');
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const status = (await once(child, 'close')) as [number | null, string | null];
  expect(sent).toBe(true);
  return { status, stdout, stderr };
}

/** The processes that one has started. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // It has ended.
  }
}

describe('Ctrl-C', () => {
  it.each(names.filter((name) => !MOMENTARY.has(name)))('ends %s cleanly', async (name) => {
    const args = [...(LONG[name] ?? [])];
    if (CLIENTS.has(name)) {
      const { port } = await DemoServer.start('03-selectors-callback', '--quiet');
      args.push('--port', String(port));
    }
    const { status, stdout, stderr } = await interrupt([built(`demos/${name}.js`), ...args]);
    expect(stderr).toBe('');
    if (OVER.test(stdout)) return;
    expect(status).toEqual([0, null]);
    expect(stdout).toMatch(/^interrupted by SIGINT: the sockets are closed\n$/m);
  });

  it.each([
    ['a server and its clients', ['01-select-echo']],
    ['a server that serves', ['01-select-echo', '--serve']],
    ['a client and its server', ['04', '--messages', '1000000', '--connections', '10']],
    ['a model', ['models/blocking', '--slowest', '10']],
    ['a tour', ['http']],
    ['a comparison of models', ['servers/compare']],
    ['a page', ['watch']],
  ])('ends the command, with %s', async (_what, args) => {
    const begun = /^(server \| )?(listening|connecting|░|model )/m;
    const { status, stdout, stderr } = await interrupt([built('cli.js'), 'demo', ...args], begun);
    expect(stderr).toBe('');
    if (!OVER.test(stdout)) expect(status).toEqual([0, null]);
  });
});

it('servers/compare says so when a server ends by itself', async () => {
  const args = [built('demos/servers/compare.js')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = text(child.stderr);
  const ended = once(child, 'close');
  while (child.exitCode === null && child.signalCode === null) {
    for (const pid of childrenOf(child.pid!)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await delay(5);
  }
  expect(await ended).toEqual([1, null]);
  expect(await said).not.toBe('');
});
