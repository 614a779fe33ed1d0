import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EventFd, Waker } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });

describe('Waker', () => {
  it('is readable from wake() to clear()', () => {
    using waker = new Waker();
    expect(readable(waker, 0)).toEqual(NO);
    expect(waker.clear()).toBe(0);
    waker.wake();
    waker.wake();
    expect(readable(waker)).toEqual(YES);
    expect(waker.clear()).toBe(2);
    expect(readable(waker, 0)).toEqual(NO);
  });

  it('ends the select() of this thread from another', async () => {
    using waker = new Waker();
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import('fd-selectors/fds').then(({ Waker }) => {
         parentPort.once('message', (fd) => { const handle = Waker.fromFd(fd); handle.wake(); handle.wake(); });
         parentPort.postMessage('ready');
       });`,
      { eval: true },
    );
    await once(worker, 'message');
    worker.postMessage(waker.fileno());
    expect(select([waker], [], [], 60)[0]).toEqual([waker]);
    await once(worker, 'exit');
    expect(waker.clear()).toBe(2);
  });

  it('wakes through a handle that owns nothing', () => {
    using waker = new Waker();
    const handle = Waker.fromFd(waker);
    expect(handle.fileno()).toBe(waker.fileno());
    handle.wake();
    expect(waker.clear()).toBe(1);
    waker.close();
    expect(() => handle.wake()).toThrow(error('OSError', 'EBADF'));
  });

  it('has woken already when its counter is full', () => {
    using event = new EventFd();
    event.write(2n ** 64n - 2n);
    Waker.fromFd(event).wake();
    expect(event.readBigInt()).toBe(2n ** 64n - 2n);
  });

  it('refuses what is no descriptor', () => {
    expect(() => Waker.fromFd(-1)).toThrow(error('ValueError', 'ERR_INVALID_FD'));
    expect(() => Waker.fromFd({} as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
  });
});
