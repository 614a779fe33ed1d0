/** The constants of poll(2), epoll(7) and what more than one module needs, by their C names and with the system's values. */
import { constant } from './native.js';

/** There is data to read, or a connection to accept. */
export const POLLIN = constant('POLLIN');
/** There is urgent data, such as TCP out-of-band data. */
export const POLLPRI = constant('POLLPRI');
/** There is room to write. */
export const POLLOUT = constant('POLLOUT');
/** An error is pending; always reported. */
export const POLLERR = constant('POLLERR');
/** The peer hung up; always reported. */
export const POLLHUP = constant('POLLHUP');
/** The descriptor is not open; always reported. */
export const POLLNVAL = constant('POLLNVAL');
/** Equal to POLLIN. */
export const POLLRDNORM = constant('POLLRDNORM');
/** There is priority-band data to read; unused on Linux. */
export const POLLRDBAND = constant('POLLRDBAND');
/** Equal to POLLOUT. */
export const POLLWRNORM = constant('POLLWRNORM');
/** There is room for priority data. */
export const POLLWRBAND = constant('POLLWRBAND');
/** Unused on Linux. */
export const POLLMSG = constant('POLLMSG');
/** The peer shut down its writing side. */
export const POLLRDHUP = constant('POLLRDHUP');
/** There is data to read, or a connection to accept. */
export const EPOLLIN = constant('EPOLLIN');
/** There is urgent data, such as TCP out-of-band data. */
export const EPOLLPRI = constant('EPOLLPRI');
/** There is room to write. */
export const EPOLLOUT = constant('EPOLLOUT');
/** An error is pending; always reported. */
export const EPOLLERR = constant('EPOLLERR');
/** The peer hung up; always reported. */
export const EPOLLHUP = constant('EPOLLHUP');
/** Equal to EPOLLIN. */
export const EPOLLRDNORM = constant('EPOLLRDNORM');
/** There is priority-band data to read; unused on Linux. */
export const EPOLLRDBAND = constant('EPOLLRDBAND');
/** Equal to EPOLLOUT. */
export const EPOLLWRNORM = constant('EPOLLWRNORM');
/** There is room for priority data. */
export const EPOLLWRBAND = constant('EPOLLWRBAND');
/** Unused on Linux. */
export const EPOLLMSG = constant('EPOLLMSG');
/** The peer shut down its writing side. */
export const EPOLLRDHUP = constant('EPOLLRDHUP');
/** Wake one or more of the epoll sets that watch a descriptor, not all of them. */
export const EPOLLEXCLUSIVE = constant('EPOLLEXCLUSIVE');
/** Keep the system awake while the event is handled; needs CAP_BLOCK_SUSPEND. */
export const EPOLLWAKEUP = constant('EPOLLWAKEUP');
/** Report one event, then none until the registration is modified. */
export const EPOLLONESHOT = constant('EPOLLONESHOT');
/** Report changes of readiness (edge-triggered) instead of readiness (level-triggered). */
export const EPOLLET = constant('EPOLLET');
/** Close the epoll set on exec. */
export const EPOLL_CLOEXEC = constant('EPOLL_CLOEXEC');

// Operations of epoll_ctl(2), which Python does not export.
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
