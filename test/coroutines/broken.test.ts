/** The epoll set of the tasks fails: other code has closed its descriptor. Nothing may be lost in silence. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

/** In a process of its own, where no one else opens the number that was closed. */
const script = (way: string, catches: boolean, closing: string): string => `
import { openSync, readdirSync, readlinkSync } from 'node:fs';
import { Queue, run, runAsync, sleep, socketpair, spawn } from 'fd-selectors/coroutines';
import { close } from 'fd-selectors/socket';

const isSet = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd).includes('eventpoll'); } catch { return false; } };
const sets = () => readdirSync('/proc/self/fd').filter(isSet).map(Number);
const before = new Set(sets());
const log = (...texts) => console.log(texts.join(' '));

function* reader(sock) {
  try {
    yield* sock.recv(1);
  } catch (error) {
    log('reader', error.code);
    throw error;
  } finally {
    yield* sleep(0.001);
    log('reader ends');
  }
}
function* consumer() {
  try {
    yield* new Queue().get();
  } finally {
    log('consumer ends');
  }
}
function* main() {
  const [a, b] = socketpair();
  const task = spawn(reader, a);
  spawn(consumer);
  yield* sleep(0);
  // The first is that of the tasks; under runAsync, that of the thread may be another.
  const fd = Math.min(...sets().filter((fd) => !before.has(fd)));
  close(fd);
  ${closing}
  try {
    yield* sleep(60);
  } catch (error) {
    log('main', error.code, error.syscall);
    if (!${catches}) throw error;
  }
  yield* task.join();
  try {
    yield* b.recv(1);
  } catch (error) {
    log('the next', error.code);
  }
  return 'went on';
}
try {
  log('returned', await ${way}(main));
} catch (error) {
  log('threw', error.message);
}
process.exit();
`;

const MESSAGE = 'the epoll set that all tasks wait on was closed or has failed, epoll_wait';

describe.each(['run', 'runAsync'])('%s, whose epoll set is gone', (way) => {
  it.each([
    ['closed', 'EBADF', ''],
    ['another file', 'EINVAL', "while (openSync('/dev/null') < fd);"],
  ])('throws the error into main, and stops the others: %s', async (_, code, closing) => {
    const { output, code: exit } = await runScript(script(way, false, closing));
    expect(output.split('\n')).toEqual([
      `main ${code} epoll_wait`,
      'reader ERR_TASK_EXIT',
      'consumer ends',
      'reader ends',
      `threw ${code}: ${MESSAGE}`,
      '',
    ]);
    expect(exit).toBe(0);
  });

  it('fails every wait for a descriptor if main goes on', async () => {
    const { output } = await runScript(script(way, true, ''));
    expect(output.split('\n')).toEqual([
      'main EBADF epoll_wait',
      'reader EBADF',
      'reader ends',
      'the next EBADF',
      'consumer ends',
      'returned went on',
      '',
    ]);
  });
});
