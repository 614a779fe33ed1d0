import { constants as os } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { BlockingIOError, ConnectionRefusedError, OSError, PermissionError } from 'fd-selectors';
import { describe, expect, it } from 'vitest';
import { check, checkClose, checkWait, EAGAIN, EBADF, EINTR, tryCheck } from '../src/errors.js';

describe('OSError', () => {
  it('has the fields and the wording of Node', () => {
    const error = new OSError(os.errno.EBADF, 'epoll_ctl');
    expect(error).toMatchObject({
      name: 'OSError',
      message: 'EBADF: bad file descriptor, epoll_ctl',
      code: 'EBADF',
      errno: -os.errno.EBADF,
      syscall: 'epoll_ctl',
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('takes an errno of either sign', () => {
    expect(new OSError(-9, 'read').code).toBe('EBADF');
  });

  it.each([
    ['EAGAIN', BlockingIOError],
    ['ECONNREFUSED', ConnectionRefusedError],
    ['EPERM', PermissionError],
    ['EINVAL', OSError],
  ] as const)('fromErrno(%s) is of the class that Python raises', (name, Class) => {
    const error = OSError.fromErrno(os.errno[name], 'connect');
    expect([error.constructor, error.code, error.name]).toEqual([Class, name, Class.name]);
  });

  it('knows every errno that Node knows, by the same name', () => {
    const unknown = [...getSystemErrorMap()].filter(
      // libuv's own, and those of the resolver, are no errno.
      ([number, [name]]) => number > -3000 && new OSError(number, 'x').code !== name,
    );
    expect(unknown).toEqual([]);
  });

  it('does without a name for what is no errno', () => {
    expect(new OSError(4000, 'read').message).toBe('E4000: unknown error, read');
  });
});

describe('the errno policy', () => {
  it('check() throws for any errno, and returns any other result', () => {
    expect(check(7, 'read')).toBe(7);
    for (const errno of [EINTR, EAGAIN, EBADF]) expect(() => check(-errno, 'read')).toThrow(OSError);
  });

  it('checkWait() takes a wait that a signal ended as one that found nothing', () => {
    expect(checkWait(7, 'poll')).toBe(7);
    expect(checkWait(-EINTR, 'poll')).toBe(0);
    expect(() => checkWait(-EBADF, 'poll')).toThrow('EBADF: bad file descriptor, poll');
  });

  it('tryCheck() returns null for a call that would block', () => {
    expect(tryCheck(0, 'read')).toBe(0);
    expect(tryCheck(-EAGAIN, 'read')).toBe(null);
    expect(() => tryCheck(-EINTR, 'read')).toThrow('EINTR: interrupted system call, read');
  });

  it('checkClose() takes a close that a signal interrupted as done', () => {
    expect(() => checkClose(-EINTR)).not.toThrow();
    expect(() => checkClose(-EBADF)).toThrow('EBADF: bad file descriptor, close');
  });
});
