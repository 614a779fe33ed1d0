// Numbers that JavaScript needs, read from the system's headers, and the names and texts of errno.
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

#include <cstring>

#include "native.h"

// Newer than the headers of some systems.
#ifndef IN_MASK_CREATE
#define IN_MASK_CREATE 0x10000000
#endif

namespace {

struct Constant {
  const char* name;
  double value;
};

#define CONSTANT(name)                 \
  {                                    \
#name, static_cast < double>(name) \
  }
// For those that the C library declares as values of an enum, which may be signed.
#define BITS(name)                                             \
  {                                                            \
#name, static_cast < double>(static_cast <uint32_t>(name)) \
  }

constexpr Constant kConstants[] = {
    CONSTANT(FD_SETSIZE),
    CONSTANT(PIPE_BUF),
    CONSTANT(O_NONBLOCK),
    CONSTANT(O_CLOEXEC),
    CONSTANT(POLLIN),
    CONSTANT(POLLPRI),
    CONSTANT(POLLOUT),
    CONSTANT(POLLERR),
    CONSTANT(POLLHUP),
    CONSTANT(POLLNVAL),
    CONSTANT(POLLRDNORM),
    CONSTANT(POLLRDBAND),
    CONSTANT(POLLWRNORM),
    CONSTANT(POLLWRBAND),
    CONSTANT(POLLMSG),
    CONSTANT(POLLRDHUP),
    BITS(EPOLLIN),
    BITS(EPOLLPRI),
    BITS(EPOLLOUT),
    BITS(EPOLLERR),
    BITS(EPOLLHUP),
    BITS(EPOLLRDNORM),
    BITS(EPOLLRDBAND),
    BITS(EPOLLWRNORM),
    BITS(EPOLLWRBAND),
    BITS(EPOLLMSG),
    BITS(EPOLLRDHUP),
    BITS(EPOLLEXCLUSIVE),
    BITS(EPOLLWAKEUP),
    BITS(EPOLLONESHOT),
    BITS(EPOLLET),
    CONSTANT(EPOLL_CLOEXEC),
    CONSTANT(EPOLL_CTL_ADD),
    CONSTANT(EPOLL_CTL_MOD),
    CONSTANT(EPOLL_CTL_DEL),
    CONSTANT(NSIG),
    CONSTANT(EFD_CLOEXEC),
    CONSTANT(EFD_NONBLOCK),
    CONSTANT(EFD_SEMAPHORE),
    CONSTANT(TFD_CLOEXEC),
    CONSTANT(TFD_NONBLOCK),
    CONSTANT(TFD_TIMER_ABSTIME),
    CONSTANT(CLOCK_REALTIME),
    CONSTANT(CLOCK_MONOTONIC),
    CONSTANT(CLOCK_BOOTTIME),
    CONSTANT(CLOCK_REALTIME_ALARM),
    CONSTANT(CLOCK_BOOTTIME_ALARM),
    CONSTANT(WEXITED),
    CONSTANT(WNOHANG),
    CONSTANT(WNOWAIT),
    CONSTANT(CLD_EXITED),
    CONSTANT(IN_CLOEXEC),
    CONSTANT(IN_NONBLOCK),
    CONSTANT(IN_ACCESS),
    CONSTANT(IN_MODIFY),
    CONSTANT(IN_ATTRIB),
    CONSTANT(IN_CLOSE_WRITE),
    CONSTANT(IN_CLOSE_NOWRITE),
    CONSTANT(IN_CLOSE),
    CONSTANT(IN_OPEN),
    CONSTANT(IN_MOVED_FROM),
    CONSTANT(IN_MOVED_TO),
    CONSTANT(IN_MOVE),
    CONSTANT(IN_CREATE),
    CONSTANT(IN_DELETE),
    CONSTANT(IN_DELETE_SELF),
    CONSTANT(IN_MOVE_SELF),
    CONSTANT(IN_ALL_EVENTS),
    CONSTANT(IN_UNMOUNT),
    CONSTANT(IN_Q_OVERFLOW),
    CONSTANT(IN_IGNORED),
    CONSTANT(IN_ISDIR),
    CONSTANT(IN_ONLYDIR),
    CONSTANT(IN_DONT_FOLLOW),
    CONSTANT(IN_EXCL_UNLINK),
    CONSTANT(IN_MASK_CREATE),
    CONSTANT(IN_MASK_ADD),
    BITS(IN_ONESHOT),
};

#undef CONSTANT
#undef BITS

struct Errno {
  const char* name;
  int number;
};

#define ERRNO(name) \
  {                 \
#name, name     \
  }

constexpr Errno kErrnos[] = {
    ERRNO(EPERM),
    ERRNO(ENOENT),
    ERRNO(ESRCH),
    ERRNO(EINTR),
    ERRNO(EIO),
    ERRNO(ENXIO),
    ERRNO(E2BIG),
    ERRNO(ENOEXEC),
    ERRNO(EBADF),
    ERRNO(ECHILD),
    ERRNO(EAGAIN),
    ERRNO(ENOMEM),
    ERRNO(EACCES),
    ERRNO(EFAULT),
    ERRNO(ENOTBLK),
    ERRNO(EBUSY),
    ERRNO(EEXIST),
    ERRNO(EXDEV),
    ERRNO(ENODEV),
    ERRNO(ENOTDIR),
    ERRNO(EISDIR),
    ERRNO(EINVAL),
    ERRNO(ENFILE),
    ERRNO(EMFILE),
    ERRNO(ENOTTY),
    ERRNO(ETXTBSY),
    ERRNO(EFBIG),
    ERRNO(ENOSPC),
    ERRNO(ESPIPE),
    ERRNO(EROFS),
    ERRNO(EMLINK),
    ERRNO(EPIPE),
    ERRNO(EDOM),
    ERRNO(ERANGE),
    ERRNO(EDEADLK),
    ERRNO(ENAMETOOLONG),
    ERRNO(ENOLCK),
    ERRNO(ENOSYS),
    ERRNO(ENOTEMPTY),
    ERRNO(ELOOP),
    ERRNO(ENOMSG),
    ERRNO(EIDRM),
    ERRNO(ECHRNG),
    ERRNO(EL2NSYNC),
    ERRNO(EL3HLT),
    ERRNO(EL3RST),
    ERRNO(ELNRNG),
    ERRNO(EUNATCH),
    ERRNO(ENOCSI),
    ERRNO(EL2HLT),
    ERRNO(EBADE),
    ERRNO(EBADR),
    ERRNO(EXFULL),
    ERRNO(ENOANO),
    ERRNO(EBADRQC),
    ERRNO(EBADSLT),
    ERRNO(EBFONT),
    ERRNO(ENOSTR),
    ERRNO(ENODATA),
    ERRNO(ETIME),
    ERRNO(ENOSR),
    ERRNO(ENONET),
    ERRNO(ENOPKG),
    ERRNO(EREMOTE),
    ERRNO(ENOLINK),
    ERRNO(EADV),
    ERRNO(ESRMNT),
    ERRNO(ECOMM),
    ERRNO(EPROTO),
    ERRNO(EMULTIHOP),
    ERRNO(EDOTDOT),
    ERRNO(EBADMSG),
    ERRNO(EOVERFLOW),
    ERRNO(ENOTUNIQ),
    ERRNO(EBADFD),
    ERRNO(EREMCHG),
    ERRNO(ELIBACC),
    ERRNO(ELIBBAD),
    ERRNO(ELIBSCN),
    ERRNO(ELIBMAX),
    ERRNO(ELIBEXEC),
    ERRNO(EILSEQ),
    ERRNO(ERESTART),
    ERRNO(ESTRPIPE),
    ERRNO(EUSERS),
    ERRNO(ENOTSOCK),
    ERRNO(EDESTADDRREQ),
    ERRNO(EMSGSIZE),
    ERRNO(EPROTOTYPE),
    ERRNO(ENOPROTOOPT),
    ERRNO(EPROTONOSUPPORT),
    ERRNO(ESOCKTNOSUPPORT),
    ERRNO(EOPNOTSUPP),
    ERRNO(EPFNOSUPPORT),
    ERRNO(EAFNOSUPPORT),
    ERRNO(EADDRINUSE),
    ERRNO(EADDRNOTAVAIL),
    ERRNO(ENETDOWN),
    ERRNO(ENETUNREACH),
    ERRNO(ENETRESET),
    ERRNO(ECONNABORTED),
    ERRNO(ECONNRESET),
    ERRNO(ENOBUFS),
    ERRNO(EISCONN),
    ERRNO(ENOTCONN),
    ERRNO(ESHUTDOWN),
    ERRNO(ETOOMANYREFS),
    ERRNO(ETIMEDOUT),
    ERRNO(ECONNREFUSED),
    ERRNO(EHOSTDOWN),
    ERRNO(EHOSTUNREACH),
    ERRNO(EALREADY),
    ERRNO(EINPROGRESS),
    ERRNO(ESTALE),
    ERRNO(EUCLEAN),
    ERRNO(ENOTNAM),
    ERRNO(ENAVAIL),
    ERRNO(EISNAM),
    ERRNO(EREMOTEIO),
    ERRNO(EDQUOT),
    ERRNO(ENOMEDIUM),
    ERRNO(EMEDIUMTYPE),
    ERRNO(ECANCELED),
    ERRNO(ENOKEY),
    ERRNO(EKEYEXPIRED),
    ERRNO(EKEYREVOKED),
    ERRNO(EKEYREJECTED),
    ERRNO(EOWNERDEAD),
    ERRNO(ENOTRECOVERABLE),
    ERRNO(ERFKILL),
    ERRNO(EHWPOISON),
};

#undef ERRNO

}  // namespace

void InitConstants(Napi::Env env, Napi::Object exports) {
  auto constants = Napi::Object::New(env);
  for (const auto& [name, value] : kConstants) constants.Set(name, Napi::Number::New(env, value));
  exports.Set("constants", constants);

  // [name, number, text] in a flat array: a table to look up from, not an interface.
  auto errnos = Napi::Array::New(env);
  uint32_t next = 0;
  for (const auto& [name, number] : kErrnos) {
    errnos.Set(next++, Napi::String::New(env, name));
    errnos.Set(next++, Napi::Number::New(env, number));
    errnos.Set(next++, Napi::String::New(env, strerror(number)));
  }
  exports.Set("errnos", errnos);
}
