/** The constants of fcntl(2), ioctl(2) and pipe2(2), by their C names and with the system's values. */
import { constant } from '../native.js';

export { F_GETFD, F_SETFD, FD_CLOEXEC } from '../constants.js';

/** A duplicate, at least this number. */
export const F_DUPFD = constant('F_DUPFD');
/** The same, close-on-exec. */
export const F_DUPFD_CLOEXEC = constant('F_DUPFD_CLOEXEC');
/** The flags of the open file. */
export const F_GETFL = constant('F_GETFL');
/** Sets the flags of the open file. */
export const F_SETFL = constant('F_SETFL');
/** The lock that would block this one: struct flock. */
export const F_GETLK = constant('F_GETLK');
/** Locks or unlocks: struct flock. */
export const F_SETLK = constant('F_SETLK');
/** The same, and waits. */
export const F_SETLKW = constant('F_SETLKW');
/** A shared lock. */
export const F_RDLCK = constant('F_RDLCK');
/** An exclusive lock. */
export const F_WRLCK = constant('F_WRLCK');
/** No lock. */
export const F_UNLCK = constant('F_UNLCK');
/** Who gets SIGIO. */
export const F_GETOWN = constant('F_GETOWN');
/** Sets who gets SIGIO. */
export const F_SETOWN = constant('F_SETOWN');
/** The signal sent instead of SIGIO. */
export const F_GETSIG = constant('F_GETSIG');
/** Sets the signal to send instead of SIGIO. */
export const F_SETSIG = constant('F_SETSIG');
/** The lease. */
export const F_GETLEASE = constant('F_GETLEASE');
/** Takes or gives up a lease. */
export const F_SETLEASE = constant('F_SETLEASE');
/** Notifies of changes in a directory. */
export const F_NOTIFY = constant('F_NOTIFY');
/** The capacity of a pipe, in bytes. */
export const F_GETPIPE_SZ = constant('F_GETPIPE_SZ');
/** Sets the capacity of a pipe. */
export const F_SETPIPE_SZ = constant('F_SETPIPE_SZ');
/** Seals a memory file. */
export const F_ADD_SEALS = constant('F_ADD_SEALS');
/** The seals of a memory file. */
export const F_GET_SEALS = constant('F_GET_SEALS');
/** Seal: no more seals can be added. */
export const F_SEAL_SEAL = constant('F_SEAL_SEAL');
/** Seal: the file cannot shrink. */
export const F_SEAL_SHRINK = constant('F_SEAL_SHRINK');
/** Seal: the file cannot grow. */
export const F_SEAL_GROW = constant('F_SEAL_GROW');
/** Seal: the file cannot be written. */
export const F_SEAL_WRITE = constant('F_SEAL_WRITE');
/** As F_GETLK, of the open file. */
export const F_OFD_GETLK = constant('F_OFD_GETLK');
/** As F_SETLK, of the open file. */
export const F_OFD_SETLK = constant('F_OFD_SETLK');
/** As F_SETLKW, of the open file. */
export const F_OFD_SETLKW = constant('F_OFD_SETLKW');
/** Open for reading. */
export const O_RDONLY = constant('O_RDONLY');
/** Open for writing. */
export const O_WRONLY = constant('O_WRONLY');
/** Open for both. */
export const O_RDWR = constant('O_RDWR');
/** Writes go to the end. */
export const O_APPEND = constant('O_APPEND');
/** For a pipe: packet mode. */
export const O_DIRECT = constant('O_DIRECT');
/** Send SIGIO to the F_SETOWN owner when it becomes readable or writable. */
export const O_ASYNC = constant('O_ASYNC');
/** Calls do not wait. */
export const O_NONBLOCK = constant('O_NONBLOCK');
/** Close on exec. */
export const O_CLOEXEC = constant('O_CLOEXEC');
/** How many bytes there are to read. */
export const FIONREAD = constant('FIONREAD');
/** Whether calls do not wait. */
export const FIONBIO = constant('FIONBIO');
/** Close on exec. */
export const FIOCLEX = constant('FIOCLEX');
/** Do not close on exec. */
export const FIONCLEX = constant('FIONCLEX');
/** The size of a terminal: struct winsize. */
export const TIOCGWINSZ = constant('TIOCGWINSZ');
/** Sets the size of a terminal. */
export const TIOCSWINSZ = constant('TIOCSWINSZ');
/** Makes it the controlling terminal. */
export const TIOCSCTTY = constant('TIOCSCTTY');
/** Gives up the controlling terminal. */
export const TIOCNOTTY = constant('TIOCNOTTY');
/** The foreground process group. */
export const TIOCGPGRP = constant('TIOCGPGRP');
/** Sets the foreground process group. */
export const TIOCSPGRP = constant('TIOCSPGRP');
/** How many bytes wait to be sent. */
export const TIOCOUTQ = constant('TIOCOUTQ');
