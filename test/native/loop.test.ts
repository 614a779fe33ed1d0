/** The raw contract of a watcher on Node's event loop. */
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { EBADF, EINVAL, int, intBut, itTakes, openPipe, raw } from '../support/raw.js';

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
  const callback = { good: nothing, wrong: [undefined, null, 1, 'text', {}, Symbol('s')] };
  const noWatcher = intBut(0, -1, 99).wrong;
  itTakes({ loopOpen: [-EBADF, int(-1), callback] });

  it('a watcher has the lowest free number, and is unknown once closed', () => {
    const [first] = watchedPipe();
    const [second] = watchedPipe();
    expect([native.loopOpen(first, nothing), native.loopOpen(second, nothing)]).toEqual([0, 1]);
    expect(native.loopClose(0)).toBe(0);
    expect(native.loopClose(0)).toBe(-EINVAL);
    expect(native.loopOpen(first, nothing)).toBe(0);
    for (const watcher of [0, 1]) expect(native.loopClose(watcher)).toBe(0);
  });

  it('takes the number of a watcher, and no others', () => {
    const [epfd] = watchedPipe();
    expect(native.loopOpen(epfd, nothing)).toBe(0);
    for (const name of ['loopArm', 'loopStop', 'loopClose']) {
      for (const wrong of noWatcher) expect(raw[name]?.(wrong), `${name} ${String(wrong)}`).toBe(-EINVAL);
      expect(raw[name]?.()).toBe(-EINVAL);
    }
    for (const wrong of noWatcher) expect(raw['loopRef']?.(wrong, 1)).toBe(-EINVAL);
    for (const wrong of int(1).wrong) expect(raw['loopRef']?.(0, wrong)).toBe(-EINVAL);
    expect([native.loopRef(0, 0), native.loopRef(0, 1), native.loopStop(0)]).toEqual([0, 0, 0]);
    expect(native.loopClose(0)).toBe(0);
  });

  // -1 is -EPERM to libuv, and "see errno" to a system call.
  it('answers -EPERM for a regular file', () => {
    const fd = openSync('package.json', 'r');
    onTestFinished(() => closeSync(fd));
    expect(native.loopOpen(fd, nothing)).toBe(-errnoOf('EPERM'));
  });

  it('calls back once each time that it is armed', async () => {
    const [epfd, , writer] = watchedPipe();
    let calls = 0;
    let called = nothing;
    const watcher = native.loopOpen(epfd, () => {
      calls += 1;
      called();
    });
    onTestFinished(() => void native.loopClose(watcher));
    native.write(writer, Uint8Array.of(1));
    for (const count of [1, 2]) {
      expect(native.loopArm(watcher)).toBe(0);
      await new Promise<void>((resolve) => {
        called = resolve;
      });
      // It stays readable, but nobody asks: two turns of the loop pass without a call.
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
      expect(calls).toBe(count);
    }
  });
});
