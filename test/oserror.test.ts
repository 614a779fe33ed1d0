import { constants as os } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { BlockingIOError, ConnectionRefusedError, OSError, PermissionError } from 'fd-selectors';
import { describe, expect, it } from 'vitest';

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
