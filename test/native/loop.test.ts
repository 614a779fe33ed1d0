/** The raw contract of a watcher on Node's event loop. */
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { openWatcher } from '../../src/loop/backend.js';
import { native } from '../../src/native.js';
import { IDLE, leastShare, loopShare } from '../support/idle.js';
import { EBADF, EINVAL, int, intBut, openPipe, raw } from '../support/raw.js';

const nothing = (): void => {};

/** A pipe and an epoll set that watches its reading end. */
function watchedPipe(): [epfd: number, reader: number, writer: number] {
  const [reader, writer] = openPipe();
  const epfd = native.epollCreate1(0);
  onTestFinished(() => void native.close(epfd));
  expect(native.epollCtl(epfd, 1, reader, 1, 0)).toBe(0);
  return [epfd, reader, writer];
}

describe('loop', () => {
  const noWatcher = intBut(0, -1, 99).wrong;

  /** Waits until the set of this thread's watchers may be filled: only then does the kernel have its say. */
  async function watched(): Promise<void> {
    const [epfd, , writer] = watchedPipe();
    native.write(writer, Uint8Array.of(1));
    await new Promise<void>((resolve) => {
      const watcher = openWatcher(epfd, () => {
        native.loopClose(watcher);
        resolve();
      });
      native.loopArm(watcher, 0);
    });
  }

  it('opens with a descriptor, a function and a choice', () => {
    for (const wrong of int(-1).wrong) expect(raw['loopOpen']?.(wrong, nothing, 0)).toBe(-EINVAL);
    for (const wrong of [undefined, null, 1, 'text', {}, Symbol('s')]) {
      expect(raw['loopOpen']?.(0, wrong, 0)).toBe(-EINVAL);
    }
    for (const wrong of int(0).wrong) expect(raw['loopOpen']?.(0, nothing, wrong)).toBe(-EINVAL);
  });

  it('a watcher is unknown once closed, and its number is used again', () => {
    const [first] = watchedPipe();
    const [second] = watchedPipe();
    const watchers = [openWatcher(first, nothing), openWatcher(second, nothing)] as const;
    expect(watchers[0]).not.toBe(watchers[1]);
    expect(native.loopClose(watchers[0])).toBe(0);
    expect(native.loopClose(watchers[0])).toBe(-EINVAL);
    expect(openWatcher(first, nothing)).toBe(watchers[0]);
    for (const watcher of watchers) expect(native.loopClose(watcher)).toBe(0);
  });

  it('takes the number of a watcher, and no others', () => {
    const [epfd] = watchedPipe();
    const watcher = openWatcher(epfd, nothing);
    for (const name of ['loopStop', 'loopClose']) {
      for (const wrong of noWatcher) expect(raw[name]?.(wrong), `${name} ${String(wrong)}`).toBe(-EINVAL);
      expect(raw[name]?.()).toBe(-EINVAL);
    }
    for (const name of ['loopArm', 'loopRef', 'loopMove']) {
      for (const wrong of noWatcher) expect(raw[name]?.(wrong, 1), `${name} ${String(wrong)}`).toBe(-EINVAL);
      for (const wrong of int(1).wrong)
        expect(raw[name]?.(watcher, wrong), `${name} ${String(wrong)}`).toBe(-EINVAL);
    }
    expect([0, 1].map((on) => native.loopRef(watcher, on as 0 | 1))).toEqual([0, 0]);
    expect([native.loopStop(watcher), native.loopClose(watcher)]).toEqual([0, 0]);
  });

  // -1 is -EPERM to libuv, and "see errno" to a system call.
  it.each([
    ['-EPERM for a regular file', () => openSync('package.json', 'r'), 'EPERM'],
    ['-EBADF for a closed descriptor', () => 987, 'EBADF'],
  ])('answers %s when it is armed', async (_what, open, code) => {
    await watched();
    const fd = open();
    const watcher = openWatcher(fd, nothing);
    expect(native.loopArm(watcher, 0)).toBe(-errnoOf(code));
    expect(native.loopArm(watcher, 1)).toBe(-errnoOf(code));
    expect(native.loopClose(watcher)).toBe(0);
    if (code === 'EPERM') closeSync(fd);
  });

  it('calls back for the descriptor that it was moved to, or keeps the one it has', async () => {
    const [before] = watchedPipe();
    const [after, , writer] = watchedPipe();
    await watched();
    const called = new Promise<void>((resolve) => {
      const watcher = openWatcher(before, () => {
        native.loopClose(watcher);
        resolve();
      });
      expect(native.loopArm(watcher, 0)).toBe(0);
      expect(native.loopMove(watcher, 987)).toBe(-EBADF);
      expect(native.loopMove(watcher, after)).toBe(0);
    });
    native.write(writer, Uint8Array.of(1));
    await called;
  });

  it('a ghost in the loop set neither spins nor keeps others from being called', async () => {
    const [epfd, , writer] = watchedPipe();
    const [reader, ghostWriter] = openPipe();
    await watched();
    // Closed once, here: the set that replaces the haunted one can get its number.
    const ghost = native.epollCreate1(0);
    expect(native.epollCtl(ghost, 1, reader, 1, 0)).toBe(0);
    const gone = openWatcher(ghost, nothing);
    expect(native.loopArm(gone, 0)).toBe(0);
    const copy = native.dup(ghost);
    onTestFinished(() => void native.close(copy));
    native.close(ghost);
    expect(native.loopClose(gone)).toBe(0);
    const events = new ArrayBuffer(64);
    const called = new Promise<void>((resolve) => {
      const watcher = openWatcher(epfd, () => {
        // As the callers do: ask, and wait for changes where there is nothing to find.
        if (native.epollWait(epfd, events, 0) === 0) return void native.loopArm(watcher, 1);
        native.loopClose(watcher);
        resolve();
      });
      expect(native.loopArm(watcher, 0)).toBe(0);
    });
    native.write(ghostWriter, Uint8Array.of(1));
    expect(await leastShare(() => delay(300), loopShare)).toBeLessThan(IDLE);
    native.write(writer, Uint8Array.of(1));
    await called;
  });

  /** Resolves once a descriptor that became readable just now was reported: the loop set has been asked since. */
  async function reported(): Promise<void> {
    for (let round = 0; round < 2; round++) await watched();
  }

  it('armed for changes, it calls back once, however often it is armed again', async () => {
    const [epfd, , writer] = watchedPipe();
    await watched();
    let calls = 0;
    let called = nothing;
    const watcher = openWatcher(epfd, () => {
      calls += 1;
      native.loopArm(watcher, 1);
      called();
    });
    native.write(writer, Uint8Array.of(1));
    let next = new Promise<void>((resolve) => {
      called = resolve;
    });
    expect(native.loopArm(watcher, 1)).toBe(0);
    await next;
    await reported();
    expect(calls).toBe(1);
    next = new Promise<void>((resolve) => {
      called = resolve;
    });
    native.write(writer, Uint8Array.of(1));
    await next;
    await reported();
    expect(calls).toBe(2);
    expect(native.loopClose(watcher)).toBe(0);
  });

  it('calls back once each time that it is armed', async () => {
    const [epfd, , writer] = watchedPipe();
    let calls = 0;
    let called = nothing;
    const watcher = openWatcher(epfd, () => {
      calls += 1;
      called();
    });
    onTestFinished(() => void native.loopClose(watcher));
    native.write(writer, Uint8Array.of(1));
    for (const count of [1, 2]) {
      expect(native.loopArm(watcher, 0)).toBe(0);
      await new Promise<void>((resolve) => {
        called = resolve;
      });
      // It stays readable, but nobody asks: two turns of the loop pass without a call.
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
      expect(calls).toBe(count);
    }
  });
});
