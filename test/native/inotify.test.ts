import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, NO_INTEGERS } from '../support/raw.js';

const FLAGS = constant('IN_NONBLOCK') | constant('IN_CLOEXEC');
const CREATE = constant('IN_CREATE');
const root = Buffer.from('/\0');

describe('inotify', () => {
  it('watches, and takes a mask of either sign', () => {
    const fd = native.inotifyInit1(FLAGS);
    const wd = native.inotifyAddWatch(fd, root, CREATE | constant('IN_ONESHOT'));
    expect(wd).toBeGreaterThan(0);
    expect(native.inotifyAddWatch(fd, root, (CREATE | constant('IN_ONESHOT')) >>> 0)).toBe(wd);
    expect(native.inotifyRmWatch(fd, wd)).toBe(0);
    expect(native.inotifyRmWatch(fd, wd)).toBe(-EINVAL);
    native.close(fd);
    expect(native.inotifyAddWatch(fd, root, CREATE)).toBe(-EBADF);
    expect(native.inotifyRmWatch(fd, wd)).toBe(-EBADF);
  });

  it('answers EINVAL to what it does not take', () => {
    const fd = native.inotifyInit1(FLAGS);
    for (const wrong of NO_INTEGERS as number[]) {
      expect(native.inotifyInit1(wrong)).toBe(-EINVAL);
      expect(native.inotifyAddWatch(wrong, root, CREATE)).toBe(-EINVAL);
      expect(native.inotifyAddWatch(fd, root, wrong)).toBe(-EINVAL);
      expect(native.inotifyRmWatch(wrong, 1)).toBe(-EINVAL);
      expect(native.inotifyRmWatch(fd, wrong)).toBe(-EINVAL);
    }
    expect(native.inotifyAddWatch(fd, root, 2 ** 32)).toBe(-EINVAL);
    native.close(fd);
  });

  it('reads no path beyond its bytes', () => {
    const fd = native.inotifyInit1(FLAGS);
    const wrong = [Buffer.alloc(0), Buffer.from('/'), root.subarray(0, 1), '/\0', new Int8Array(2), null];
    for (const path of wrong) expect(native.inotifyAddWatch(fd, path as Uint8Array, CREATE)).toBe(-EINVAL);
    expect(native.inotifyAddWatch(fd, Buffer.from('\0'), CREATE)).toBe(-errnoOf('ENOENT'));
    const long = Buffer.concat([Buffer.alloc(5000, 'x'), Buffer.alloc(1)]);
    expect(native.inotifyAddWatch(fd, long, CREATE)).toBe(-errnoOf('ENAMETOOLONG'));
    native.close(fd);
  });
});
