import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, NO_INTEGERS } from '../support/raw.js';

const NSIG = constant('NSIG');
const SIGUSR2 = 12;

function open(): [subscription: number, fd: number] {
  const fd = new Int32Array(1);
  return [native.signalOpen(fd), fd[0] as number];
}

describe('signals', () => {
  it('counts in the array, and empties the descriptor', () => {
    const [subscription, fd] = open();
    const counts = new Int32Array(NSIG).fill(-1);
    expect(native.signalWatch(subscription, SIGUSR2)).toBe(0);
    expect(native.signalWatch(subscription, SIGUSR2)).toBe(0);
    expect(native.signalTake(subscription, counts)).toBe(0);
    process.kill(process.pid, SIGUSR2);
    process.kill(process.pid, SIGUSR2);
    expect(native.signalTake(subscription, counts)).toBe(1);
    expect([...counts]).toEqual(Array.from({ length: NSIG }, (_, i) => (i === SIGUSR2 ? 2 : 0)));
    expect(native.read(fd, new Uint8Array(8), 8)).toBeLessThan(0);
    expect(native.signalClose(subscription)).toBe(0);
    expect(native.getNonblock(fd)).toBe(-EBADF);
  });

  it('answers EINVAL to what it does not take', () => {
    const [subscription] = open();
    const counts = new Int32Array(NSIG);
    for (const wrong of [...NO_INTEGERS, -1, 256, subscription + 1] as number[]) {
      expect(native.signalWatch(wrong, SIGUSR2)).toBe(-EINVAL);
      expect(native.signalTake(wrong, counts)).toBe(-EINVAL);
      expect(native.signalClose(wrong)).toBe(-EINVAL);
    }
    for (const wrong of [...NO_INTEGERS, -1, 0, 9, 19, NSIG] as number[]) {
      expect(native.signalWatch(subscription, wrong)).toBe(-EINVAL);
    }
    for (const wrong of [new Int32Array(NSIG - 1), new Uint32Array(NSIG), [], null] as Int32Array[]) {
      expect(native.signalTake(subscription, wrong)).toBe(-EINVAL);
    }
    for (const wrong of [new Int32Array(0), new Uint32Array(1), [0], null] as Int32Array[]) {
      expect(native.signalOpen(wrong)).toBe(-EINVAL);
    }
    expect(native.signalClose(subscription)).toBe(0);
    expect(native.signalClose(subscription)).toBe(-EINVAL);
    expect(native.signalWatch(subscription, SIGUSR2)).toBe(-EINVAL);
  });

  it('knows whose a subscription is: another thread can do nothing to it', async () => {
    const [subscription] = open();
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const native = require('node-gyp-build')(process.cwd());
       parentPort.postMessage([
         native.signalWatch(workerData, ${SIGUSR2}),
         native.signalTake(workerData, new Int32Array(${NSIG})),
         native.signalClose(workerData),
       ]);`,
      { eval: true, workerData: subscription },
    );
    expect((await once(worker, 'message'))[0]).toEqual([-EINVAL, -EINVAL, -EINVAL]);
    expect(native.signalClose(subscription)).toBe(0);
  });
});
