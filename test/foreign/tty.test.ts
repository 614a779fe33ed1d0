import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import { read, write } from 'fd-selectors/fds';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { root } from '../support/child.js';
import { succeeds } from '../support/commands.js';
import { LIMIT } from '../support/limit.js';
import { readable } from '../support/readable.js';

const { O_NOCTTY, O_NONBLOCK, O_RDWR } = constants;
const buffer = Buffer.alloc(64);

function openTerminal(path: string): number {
  const fd = openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  return fd;
}

/** Reads so many bytes of a terminal, which may hand them over one by one. */
function readText(fd: number, length: number): string {
  let text = '';
  while (text.length < length) {
    if (readable(fd, LIMIT / 1e3)[0] !== true) break;
    text += buffer.toString('utf8', 0, read(fd, buffer));
  }
  return text;
}

function hasPtmx(): boolean {
  try {
    accessSync('/dev/ptmx', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A process that opens a terminal, tells its name, and types there what is written to its input. */
const TYPIST = `
import os, pty, tty
master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
while data := os.read(0, 100):
    os.write(master, data)
`;

/** Waits at its own terminal for a line, first blocking and then not. */
const READER = `
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { read } from 'fd-selectors/fds';
const sel = new DefaultSelector();
const { fd } = sel.register(process.stdin, EVENT_READ);
const buffer = Buffer.alloc(64);
const line = () => buffer.toString('utf8', 0, read(fd, buffer)).trim();
console.log('terminal', fd, process.stdin.isTTY);
console.log(sel.select().length, line());
console.log((await sel.selectAsync()).length, line());
`;

describe('a terminal', () => {
  it('has a master that is readable when the terminal shows something', async ({ skip }) => {
    skip(!hasPtmx(), 'there is no /dev/ptmx');
    const master = openTerminal('/dev/ptmx');
    // Nobody has opened the other side yet; its echo shows what is typed.
    await expectReadableBothWays(
      master,
      () => write(master, Buffer.from('ping\n')),
      () => expect(readText(master, 'ping\r\n'.length)).toBe('ping\r\n'),
    );
  });

  it('is readable when something was typed', async ({ skip }) => {
    skip(!succeeds('python3', '-c', 'import pty; pty.openpty()'), 'no python3, or no terminals');
    const typist = spawn('python3', ['-c', TYPIST], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [path] = await once(createInterface(typist.stdout), 'line');
    const terminal = openTerminal(path);
    expect(isatty(terminal)).toBe(true);
    await expectReadableBothWays(
      terminal,
      // Written at once: a pipe has room for so little.
      () => typist.stdin.write('ping'),
      () => expect(readText(terminal, 4)).toBe('ping'),
    );
    typist.stdin.end();
    await once(typist, 'close');
  });

  it('is watched as process.stdin', async ({ skip }) => {
    skip(!succeeds('script', '--version'), 'there is no script(1)');
    const child = spawn('script', ['-qec', '"$NODE" --input-type=module -e "$READER"', '/dev/null'], {
      cwd: root,
      env: { ...process.env, NODE: process.execPath, READER, NO_COLOR: '1', FORCE_COLOR: '0', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: LIMIT,
    });
    const shown: string[] = [];
    const lines = createInterface(child.stdout).on('line', (line) => {
      shown.push(line);
      if (line.startsWith('terminal')) child.stdin.write('one\n');
      if (line === '1 one') child.stdin.write('two\n');
    });
    await once(lines, 'close');
    // What is typed is shown, too, at a moment of the terminal's choice.
    expect(shown.filter((line) => line.includes(' '))).toEqual(['terminal 0 true', '1 one', '1 two']);
  });
});
