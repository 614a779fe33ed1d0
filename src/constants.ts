/** The constants of poll(2), epoll(7) and what more than one module needs, by their C names and with the system's values. */
import { constant } from './native.js';

/** Data to read, or a connection to accept. */
export const POLLIN = constant('POLLIN');
/** Urgent data, such as out-of-band data of TCP. */
export const POLLPRI = constant('POLLPRI');
/** Room to write. */
export const POLLOUT = constant('POLLOUT');
/** An error; reported unasked. */
export const POLLERR = constant('POLLERR');
/** Hung up; reported unasked. */
export const POLLHUP = constant('POLLHUP');
/** Not an open descriptor; reported unasked. */
export const POLLNVAL = constant('POLLNVAL');
/** Equal to POLLIN. */
export const POLLRDNORM = constant('POLLRDNORM');
/** Priority-band data to read; unused on Linux. */
export const POLLRDBAND = constant('POLLRDBAND');
/** Equal to POLLOUT. */
export const POLLWRNORM = constant('POLLWRNORM');
/** Room for priority data. */
export const POLLWRBAND = constant('POLLWRBAND');
/** Unused on Linux. */
export const POLLMSG = constant('POLLMSG');
/** The peer shut down its writing half. */
export const POLLRDHUP = constant('POLLRDHUP');
/** Data to read, or a connection to accept. */
export const EPOLLIN = constant('EPOLLIN');
/** Urgent data, such as out-of-band data of TCP. */
export const EPOLLPRI = constant('EPOLLPRI');
/** Room to write. */
export const EPOLLOUT = constant('EPOLLOUT');
/** An error; reported unasked. */
export const EPOLLERR = constant('EPOLLERR');
/** Hung up; reported unasked. */
export const EPOLLHUP = constant('EPOLLHUP');
/** Equal to EPOLLIN. */
export const EPOLLRDNORM = constant('EPOLLRDNORM');
/** Priority-band data to read; unused on Linux. */
export const EPOLLRDBAND = constant('EPOLLRDBAND');
/** Equal to EPOLLOUT. */
export const EPOLLWRNORM = constant('EPOLLWRNORM');
/** Room for priority data. */
export const EPOLLWRBAND = constant('EPOLLWRBAND');
/** Unused on Linux. */
export const EPOLLMSG = constant('EPOLLMSG');
/** The peer shut down its writing half. */
export const EPOLLRDHUP = constant('EPOLLRDHUP');
/** Wake one of the epoll sets that watch a descriptor, not all. */
export const EPOLLEXCLUSIVE = constant('EPOLLEXCLUSIVE');
/** Keep the system awake while the event is handled. */
export const EPOLLWAKEUP = constant('EPOLLWAKEUP');
/** Report once, then stay silent until modified. */
export const EPOLLONESHOT = constant('EPOLLONESHOT');
/** Report changes of readiness instead of readiness. */
export const EPOLLET = constant('EPOLLET');
/** Close the epoll set on exec. */
export const EPOLL_CLOEXEC = constant('EPOLL_CLOEXEC');

// What epoll_ctl(2) does.
/** Add a descriptor. */
export const EPOLL_CTL_ADD = constant('EPOLL_CTL_ADD');
/** Change the events of a descriptor. */
export const EPOLL_CTL_MOD = constant('EPOLL_CTL_MOD');
/** Remove a descriptor. */
export const EPOLL_CTL_DEL = constant('EPOLL_CTL_DEL');

// The flags of a descriptor: fcntl(2).
/** The flags of the descriptor. */
export const F_GETFD = constant('F_GETFD');
/** Sets the flags of the descriptor. */
export const F_SETFD = constant('F_SETFD');
/** Not inherited by a program that is started. */
export const FD_CLOEXEC = constant('FD_CLOEXEC');
