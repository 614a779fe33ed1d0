import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { type PipeReader, type PipeWriter, pipe, setblocking } from 'fd-selectors/fds';
import { describe, expect, it } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { closing } from '../support/descriptors.js';

/** A `cat` whose two ends of a pipe are given to it as descriptors, and our ends of them. */
function startCat(): [child: ChildProcess, stdin: PipeWriter, stdout: PipeReader] {
  const [childIn, stdin] = pipe();
  const [stdout, childOut] = pipe();
  // The child shares the open file, and with it whether its calls block.
  setblocking(childIn, true);
  setblocking(childOut, true);
  const child = spawn('cat', { stdio: [childIn.fileno(), childOut.fileno(), 'inherit'] });
  childIn.close();
  childOut.close();
  return [child, closing(stdin), closing(stdout)];
}

describe("a child's stdio, given to it as descriptors", () => {
  it('is readable when the child has written', async () => {
    const [child, stdin, stdout] = startCat();
    await expectReadableBothWays(
      stdout,
      () => stdin.write(Buffer.from('ping')),
      () => expect(stdout.read(16).toString()).toBe('ping'),
    );
    const closed = once(child, 'close');
    stdin.close();
    expect(await closed).toEqual([0, null]);
  });

  it('ends when the child does', async () => {
    const [child, stdin, stdout] = startCat();
    const sel = closing(new DefaultSelector());
    sel.register(stdout, EVENT_READ);
    stdin.close();
    expect(sel.select(60)).toHaveLength(1);
    expect(stdout.read(16)).toHaveLength(0);
    await once(child, 'close');
  });
});
