import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { DefaultSelector, EVENT_READ, ready } from 'fd-selectors';
import { read, tryRead, write } from 'fd-selectors/fds';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { closing } from '../support/descriptors.js';
import { tempdir } from '../support/tempdir.js';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** The path of a new FIFO, which goes when the test ends. */
function makeFifo(): string {
  const dir = tempdir();
  onTestFinished(() => dir[Symbol.dispose]());
  const path = dir.join('fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

function openFifo(path: string, flags: number): number {
  const fd = openSync(path, flags | O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  return fd;
}

const buffer = Buffer.alloc(16);

describe('a FIFO', () => {
  it('is readable when something was written', async () => {
    const path = makeFifo();
    const reader = openFifo(path, O_RDONLY);
    const writer = openFifo(path, O_WRONLY);
    await expectReadableBothWays(
      reader,
      () => write(writer, Buffer.from('ping')),
      () => expect(tryRead(reader, buffer)).toBe(4),
    );
  });

  it('is watched as the FileHandle of node:fs that it was opened with', async () => {
    const path = makeFifo();
    const handle = await open(path, O_RDONLY | O_NONBLOCK);
    const writer = openFifo(path, O_WRONLY);
    await expectReadableBothWays(
      handle,
      () => write(writer, Buffer.from('ping')),
      () => expect(tryRead(handle, buffer)).toBe(4),
    );
    await handle.close();
  });

  it('is readable at its end, when the last writer has closed it', async () => {
    const path = makeFifo();
    const reader = openFifo(path, O_RDONLY);
    const writer = openSync(path, O_WRONLY);
    const sel = closing(new DefaultSelector());
    sel.register(reader, EVENT_READ);
    expect(sel.select(0)).toEqual([]);
    const pending = ready(reader, EVENT_READ, { timeout: 60 });
    closeSync(writer);
    expect(await pending).toBe(EVENT_READ);
    expect(sel.select(60)).toHaveLength(1);
    expect(read(reader, buffer)).toBe(0);
  });
});
