/** What the tests of whole servers share. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { Visitor } from '../../demos/support/visitor.js';
import type { DemoServer } from './process.js';

/** A client that ends with the test. */
export async function visit(server: DemoServer): Promise<Visitor> {
  const visitor = await Visitor.connect('127.0.0.1', server.port);
  onTestFinished(() => visitor.close());
  return visitor;
}

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fd-selectors-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a file of /proc says, which may be gone since its folder was read. */
export function procText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** How many descriptors a server has open. */
export function openFiles(server: DemoServer): number {
  return readdirSync(`/proc/${server.process.pid}/fd`).length;
}

/** How many sockets a server has open. */
export function openSockets(server: DemoServer): number {
  const folder = `/proc/${server.process.pid}/fd`;
  return readdirSync(folder).filter((fd) => linkOf(`${folder}/${fd}`).startsWith('socket:')).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return 'closed meanwhile';
  }
}

/** Ends a server as Ctrl-C does: it closes its sockets, says so, and its exit code is 0. */
export async function interrupted(server: DemoServer): Promise<void> {
  server.process.kill('SIGINT');
  expect(await server.closed).toBe(0);
}

/** Runs a program with some input to its end. */
export async function runProgram(
  words: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (more) => {
    stdout += more;
  });
  child.stderr.setEncoding('latin1').on('data', (more) => {
    stderr += more;
  });
  child.stdin.on('error', () => {}); // It may have ended before it read all.
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Runs a demo to its end where none of the tools that it compares with are installed, and returns what it printed. */
export async function runBare(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [built('cli.js'), 'demo', ...args], {
    env: { PATH: '/nonexistent' },
  });
  onTestFinished(() => void child.kill());
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return said;
}

/** The built file of a script of the demos. */
export function built(file: string): string {
  return fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));
}
