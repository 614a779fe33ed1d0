/** The raw contract of inotify(7). */
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { bits, bytes, EBADF, EINVAL, int, itTakes } from '../support/raw.js';

const FLAGS = constant('IN_NONBLOCK') | constant('IN_CLOEXEC');
const CREATE = constant('IN_CREATE');
const ONESHOT = constant('IN_ONESHOT');
const root = Buffer.from('/\0');

function open(): number {
  const fd = native.inotifyInit1(FLAGS);
  onTestFinished(() => void native.close(fd));
  return fd;
}

describe('inotify', () => {
  itTakes({
    inotifyInit1: ['fd', int(FLAGS)],
    inotifyAddWatch: [-EBADF, int(-1), bytes(root), bits(CREATE)],
    inotifyRmWatch: [-EBADF, int(-1), int(1)],
  });

  it('watches, and takes a mask of either sign', () => {
    const fd = open();
    const wd = native.inotifyAddWatch(fd, root, CREATE | ONESHOT);
    expect(wd).toBeGreaterThan(0);
    expect(native.inotifyAddWatch(fd, root, (CREATE | ONESHOT) >>> 0)).toBe(wd);
    expect(native.inotifyRmWatch(fd, wd)).toBe(0);
    expect(native.inotifyRmWatch(fd, wd)).toBe(-EINVAL);
  });

  it('reads no path beyond its bytes', () => {
    const fd = open();
    for (const path of [Buffer.alloc(0), Buffer.from('/'), root.subarray(0, 1)]) {
      expect(native.inotifyAddWatch(fd, path, CREATE)).toBe(-EINVAL);
    }
    expect(native.inotifyAddWatch(fd, Buffer.from('\0'), CREATE)).toBe(-errnoOf('ENOENT'));
    const long = Buffer.concat([Buffer.alloc(5000, 'x'), Buffer.alloc(1)]);
    expect(native.inotifyAddWatch(fd, long, CREATE)).toBe(-errnoOf('ENAMETOOLONG'));
  });
});
