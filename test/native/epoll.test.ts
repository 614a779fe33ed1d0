/** The raw contract of epoll(7). */
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { bits, EBADF, EINVAL, int, intBut, itTakes, openPipe, structs, timeout } from '../support/raw.js';

const { stride, events: EVENTS, fd: FD, tag: TAG } = native.epollEvent;
const [ADD, DEL, MOD] = [1, 2, 3];
const [EPOLLIN, EPOLLOUT] = [1, 4];
const room = (events: number): ArrayBuffer => new ArrayBuffer(stride * 4 * events);

function create(): number {
  const epfd = native.epollCreate1(0);
  onTestFinished(() => void native.close(epfd));
  return epfd;
}

describe('epoll', () => {
  itTakes({
    epollCreate1: ['fd', intBut(0, 1)],
    epollCtl: [-EBADF, int(-1), int(ADD), int(0), bits(EPOLLIN), bits(0)],
    epollWait: [-EBADF, int(-1), structs(room(1)), timeout],
  });

  it('hands back descriptor and tag with each event', () => {
    const epfd = create();
    const [, writer] = openPipe();
    for (const tag of [0, 1, -1, 0x8000_0000, 0x7fff_ffff, 0xffff_ffff]) {
      expect(native.epollCtl(epfd, ADD, writer, EPOLLOUT, tag)).toBe(0);
      const events = new Int32Array(stride);
      expect(native.epollWait(epfd, events.buffer, 0)).toBe(1);
      expect([events[EVENTS], events[FD], events[TAG]]).toEqual([EPOLLOUT, writer, tag | 0]);
      expect(native.epollCtl(epfd, DEL, writer, 0, 0)).toBe(0);
    }
  });

  it('writes no more events than the array has room for, whole events only', () => {
    const epfd = create();
    for (let i = 0; i < 2; i++) native.epollCtl(epfd, ADD, openPipe()[1], EPOLLOUT, 0);
    const events = new Int32Array(stride * 2 - 1).fill(-7);
    expect(native.epollWait(epfd, events.buffer, 0)).toBe(1);
    expect([...events.subarray(stride)]).toEqual(Array(stride - 1).fill(-7));
    expect(native.epollWait(epfd, room(1).slice(1), 0)).toBe(-EINVAL);
  });

  it('answers -errno for each kind of failure', () => {
    const epfd = create();
    const [reader] = openPipe();
    expect(native.epollCtl(epfd, ADD, 999, EPOLLIN, 0)).toBe(-EBADF);
    expect(native.epollCtl(epfd, ADD, epfd, EPOLLIN, 0)).toBe(-EINVAL);
    expect(native.epollCtl(epfd, 99, reader, EPOLLIN, 0)).toBe(-EINVAL);
    expect(native.epollCtl(epfd, MOD, reader, EPOLLIN, 0)).toBe(-errnoOf('ENOENT'));
    expect(native.epollCtl(epfd, ADD, reader, EPOLLIN, 0)).toBe(0);
    expect(native.epollCtl(epfd, ADD, reader, EPOLLIN, 0)).toBe(-errnoOf('EEXIST'));
    expect(native.epollWait(reader, room(1), 0)).toBe(-EINVAL);
  });

  it('answers -EPERM for a regular file', () => {
    const fd = openSync('package.json', 'r');
    onTestFinished(() => closeSync(fd));
    expect(native.epollCtl(create(), ADD, fd, EPOLLIN, 0)).toBe(-errnoOf('EPERM'));
  });

  it('waits at least for its timeout', () => {
    const epfd = create();
    for (const seconds of [1e-9, 0.000_3, 0.010_000_001]) {
      const start = process.hrtime.bigint();
      expect(native.epollWait(epfd, room(1), seconds)).toBe(0);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(seconds);
    }
  });
});
