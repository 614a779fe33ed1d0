import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import {
  close,
  dup,
  dup2,
  F_DUPFD,
  F_GETFD,
  F_GETFL,
  F_GETLK,
  F_GETPIPE_SZ,
  F_RDLCK,
  F_SETFD,
  F_SETLK,
  F_SETPIPE_SZ,
  F_UNLCK,
  F_WRLCK,
  FD_CLOEXEC,
  FIONBIO,
  FIONREAD,
  fcntl,
  getblocking,
  ioctl,
  O_CLOEXEC,
  O_NONBLOCK,
  openpty,
  pipe,
  pipe2,
  read,
  TIOCGWINSZ,
  TIOCSWINSZ,
  tryRead,
  write,
} from 'fd-selectors/fds';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closing } from '../support/descriptors.js';
import { LIMIT } from '../support/limit.js';
import { openFds } from '../support/openfds.js';
import { tempdir } from '../support/tempdir.js';
import { thrown } from '../support/thrown.js';

const closedAtEnd = (fd: number): number => closing({ close: () => close(fd) }) && fd;

function ends(): ReturnType<typeof pipe> {
  const [reader, writer] = pipe();
  return [closing(reader), closing(writer)];
}

describe('fcntl', () => {
  it('asks and tells with numbers', () => {
    const [reader, writer] = ends();
    expect(fcntl(reader, F_GETFL) & O_NONBLOCK).toBe(O_NONBLOCK);
    expect(fcntl(reader, F_GETFD)).toBe(FD_CLOEXEC);
    fcntl(reader.fileno(), F_SETFD, 0);
    expect(fcntl(reader, F_GETFD)).toBe(0);
    expect(fcntl(writer, F_SETPIPE_SZ, 8192)).toBe(fcntl(writer, F_GETPIPE_SZ));
    const copy = fcntl(reader, F_DUPFD, 100);
    expect(copy).toBeGreaterThanOrEqual(100);
    close(copy);
  });

  it('takes a struct, leaves it as it was, and returns what the kernel made of it', () => {
    using dir = tempdir();
    const file = openSync(dir.join('file'), 'w+');
    onTestFinished(() => closeSync(file));
    // struct flock of 64 bits: type, whence, start, len, pid.
    const lock = Buffer.alloc(32);
    lock.writeInt16LE(F_WRLCK);
    const given = Buffer.from(lock);
    expect(fcntl(file, F_SETLK, lock)).toEqual(given);
    expect(lock).toEqual(given);
    // Another process sees the lock; this one may have its own lock again.
    expect(fcntl(file, F_GETLK, lock).readInt16LE()).toBe(F_UNLCK);
    const script =
      'import fcntl,sys\ntry: fcntl.lockf(open(sys.argv[1],"r+"),fcntl.LOCK_EX|fcntl.LOCK_NB)\nexcept OSError: print("locked")';
    const { stdout, error } = spawnSync('python3', ['-c', script, dir.join('file')], {
      encoding: 'utf8',
      timeout: LIMIT,
    });
    if (error === undefined) expect(stdout).toBe('locked\n');
    expect(F_RDLCK).not.toBe(F_WRLCK);
  });

  it('refuses what is wrong', () => {
    const [reader] = ends();
    expect(thrown(() => fcntl(reader, 99_999))).toBe('OSError EINVAL');
    expect(thrown(() => fcntl(987_654, F_GETFL))).toBe('OSError EBADF');
    expect(thrown(() => fcntl(reader, 0.5))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => fcntl(reader, F_SETFD, 2 ** 31))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => fcntl(reader, '1' as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => fcntl(reader, F_SETFD, '1' as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});

describe('ioctl', () => {
  it('writes its answer into the bytes', () => {
    const [reader, writer] = ends();
    writer.write(Buffer.from('12345'));
    const count = Buffer.alloc(4);
    expect(ioctl(reader, FIONREAD, count)).toBe(0);
    expect(count.readInt32LE()).toBe(5);
    // A buffer that is too small is not written beyond.
    const memory = Buffer.alloc(4, 0xff);
    ioctl(reader, FIONREAD, memory.subarray(0, 2));
    expect([...memory]).toEqual([5, 0, 0xff, 0xff]);
  });

  it('reads what it is given', () => {
    const [reader] = ends();
    ioctl(reader, FIONBIO, Buffer.from(Int32Array.of(0).buffer));
    expect(getblocking(reader)).toBe(true);
  });

  it('refuses what is wrong', () => {
    const [reader] = ends();
    expect(thrown(() => ioctl(reader, TIOCGWINSZ, Buffer.alloc(8)))).toBe('OSError ENOTTY');
    expect(thrown(() => ioctl(987_654, FIONREAD))).toBe('OSError EBADF');
    expect(thrown(() => ioctl(reader, 2 ** 32))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => ioctl(reader, FIONREAD, 'x' as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});

describe('openpty', () => {
  it('opens a terminal with a size, and what is typed arrives', () => {
    const before = openFds();
    const [master, terminal] = openpty();
    ioctl(master, TIOCSWINSZ, Buffer.from(Uint16Array.of(24, 80, 0, 0).buffer));
    const size = Buffer.alloc(8);
    ioctl(terminal, TIOCGWINSZ, size);
    expect([size.readUInt16LE(0), size.readUInt16LE(2)]).toEqual([24, 80]);
    expect([fcntl(master, F_GETFD), fcntl(terminal, F_GETFD)]).toEqual([FD_CLOEXEC, FD_CLOEXEC]);
    write(master, Buffer.from('typed\n'));
    const line = Buffer.alloc(100);
    expect(line.toString('utf8', 0, read(terminal, line))).toBe('typed\n');
    close(terminal);
    close(master);
    expect(openFds()).toBe(before);
  });
});

describe('pipe2', () => {
  it('takes the flags as they are', () => {
    const [reader, writer] = pipe2(0);
    closedAtEnd(reader);
    closedAtEnd(writer);
    expect([fcntl(reader, F_GETFD), getblocking(reader)]).toEqual([0, true]);
    const both = pipe2(O_CLOEXEC | O_NONBLOCK);
    for (const fd of both) closedAtEnd(fd);
    expect([fcntl(both[0], F_GETFD), getblocking(both[0])]).toEqual([FD_CLOEXEC, false]);
    expect(tryRead(both[0], Buffer.alloc(1))).toBeNull();
  });

  it('refuses what are not flags', () => {
    expect(thrown(() => pipe2(1))).toBe('OSError EINVAL');
    expect(thrown(() => pipe2(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => pipe2({} as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});

describe('dup2', () => {
  it('closes what was there, and is inherited unless told otherwise', () => {
    const [reader, writer] = ends();
    const target = closedAtEnd(dup(reader));
    expect(dup2(writer, target)).toBe(target);
    expect(fcntl(target, F_GETFD)).toBe(0);
    write(target, Buffer.from('x'));
    expect(reader.read(1).toString()).toBe('x');
    dup2(writer, target, false);
    expect(fcntl(target, F_GETFD)).toBe(FD_CLOEXEC);
    expect(dup2(target, target)).toBe(target);
    expect(fcntl(target, F_GETFD)).toBe(0);
  });

  it('refuses what is wrong', () => {
    const [reader] = ends();
    expect(thrown(() => dup2(987_654, 5))).toBe('OSError EBADF');
    expect(thrown(() => dup2(reader, -1))).toBe('ValueError ERR_INVALID_FD');
    expect(thrown(() => dup2(reader, 2 ** 30))).toBe('OSError EBADF');
    expect(thrown(() => dup2(reader, 5, 1 as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});
