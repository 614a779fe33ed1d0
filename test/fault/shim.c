// Makes a chosen call of the addon into the C library fail with a chosen errno.
//
// One file, loaded twice into one process: LD_PRELOAD puts its functions before those of the C library,
// and require() of the same file gives JavaScript the functions that arm it. Only calls that come from
// fd_selectors.node are touched, so Node itself never sees a fault.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <node_api.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { kOff, kRecording, kArmed };
static atomic_int mode;
// Only in the thread that asked: what another one calls meanwhile nobody could repeat. Or in all others.
static pthread_t thread;
static atomic_int others;

// What was called while recording.
enum { kMostCalls = 4096 };
static const char* recorded[kMostCalls];
static atomic_int calls;

// What fails: the calls of this name from number `first` to number `last`, counted from 1.
static char armed_name[64];
static int first, last, armed_errno;
static atomic_int seen, fired;

// Calls that move bytes and are armed with this move a single byte instead of failing.
enum { kShort = 10000 };

static int IsAddon(const void* caller) {
  Dl_info info;
  return dladdr(caller, &info) != 0 && strstr(info.dli_fname, "fd_selectors.node") != NULL;
}

// 0 to go on; else the errno to fail with, or kShort.
static int Fault(const char* name, const void* caller) {
  const int now = mode;
  const int other = !pthread_equal(thread, pthread_self());
  if (now == kOff || other != others || !IsAddon(caller)) return 0;
  if (now == kRecording) {
    const int at = calls++;
    if (at < kMostCalls) recorded[at] = name;
    return 0;
  }
  if (strcmp(name, armed_name) != 0) return 0;
  const int number = ++seen;
  if (number < first || number > last) return 0;
  fired++;
  return armed_errno;
}

#define REAL(symbol, type, params) \
  static type(*real) params;       \
  if (real == NULL) real = (type(*) params)dlsym(RTLD_NEXT, #symbol)

// A function that fails before it does anything.
#define FAILS_AS(failure, symbol, name, type, params, args)                     \
  type symbol params {                                                         \
    REAL(symbol, type, params);                                                \
    const int fault = Fault(#name, __builtin_return_address(0));               \
    if (fault == 0) return real args;                                          \
    errno = fault;                                                             \
    return failure;                                                            \
  }
#define FAILS(name, params, args) FAILS_AS(-1, name, name, int, params, args)

// Three calls in one, which fail for different reasons.
int epoll_ctl(int a, int b, int c, struct epoll_event* d) {
  REAL(epoll_ctl, int, (int, int, int, struct epoll_event*));
  const char* name = b == EPOLL_CTL_ADD   ? "EPOLL_CTL_ADD"
                     : b == EPOLL_CTL_MOD ? "EPOLL_CTL_MOD"
                                          : "EPOLL_CTL_DEL";
  const int fault = Fault(name, __builtin_return_address(0));
  if (fault == 0) return real(a, b, c, d);
  errno = fault;
  return -1;
}

// One that moves `length` bytes.
#define MOVES(symbol, name, params, args, length)                               \
  ssize_t symbol params {                                                      \
    REAL(symbol, ssize_t, params);                                             \
    const int fault = Fault(#name, __builtin_return_address(0));               \
    if (fault == kShort && length > 0) length = 1;                             \
    if (fault == 0 || fault == kShort) return real args;                       \
    errno = fault;                                                             \
    return -1;                                                                 \
  }

// One that fails after it has done its work, as the kernel does.
#define FAILS_DONE(condition, name, params, args)                               \
  int name params {                                                            \
    REAL(name, int, params);                                                   \
    const int fault = Fault(#name, __builtin_return_address(0));               \
    if (fault == 0) return real args;                                          \
    if (condition) real args;                                                  \
    errno = fault;                                                             \
    return -1;                                                                 \
  }

FAILS(accept4, (int a, struct sockaddr* b, socklen_t* c, int d), (a, b, c, d))
FAILS(bind, (int a, const struct sockaddr* b, socklen_t c), (a, b, c))
FAILS(dup2, (int a, int b), (a, b))
FAILS(dup3, (int a, int b, int c), (a, b, c))
FAILS(epoll_create1, (int a), (a))
FAILS(epoll_wait, (int a, struct epoll_event* b, int c, int d), (a, b, c, d))
FAILS(eventfd, (unsigned a, int b), (a, b))
FAILS(getpeername, (int a, struct sockaddr* b, socklen_t* c), (a, b, c))
FAILS(getsockname, (int a, struct sockaddr* b, socklen_t* c), (a, b, c))
FAILS(getsockopt, (int a, int b, int c, void* d, socklen_t* e), (a, b, c, d, e))
FAILS(grantpt, (int a), (a))
FAILS(inotify_add_watch, (int a, const char* b, uint32_t c), (a, b, c))
FAILS(inotify_init1, (int a), (a))
FAILS(inotify_rm_watch, (int a, int b), (a, b))
FAILS(listen, (int a, int b), (a, b))
FAILS(pipe2, (int a[2], int b), (a, b))
FAILS(posix_openpt, (int a), (a))
FAILS(ppoll, (struct pollfd * a, nfds_t b, const struct timespec* c, const sigset_t* d), (a, b, c, d))
FAILS(pselect,
      (int a, fd_set* b, fd_set* c, fd_set* d, const struct timespec* e, const sigset_t* f),
      (a, b, c, d, e, f))
FAILS(setsockopt, (int a, int b, int c, const void* d, socklen_t e), (a, b, c, d, e))
FAILS(shutdown, (int a, int b), (a, b))
FAILS(sigaction, (int a, const struct sigaction* b, struct sigaction* c), (a, b, c))
FAILS(socket, (int a, int b, int c), (a, b, c))
FAILS(socketpair, (int a, int b, int c, int d[2]), (a, b, c, d))
FAILS(timerfd_create, (clockid_t a, int b), (a, b))
FAILS(timerfd_gettime, (int a, struct itimerspec* b), (a, b))
FAILS(timerfd_settime, (int a, int b, const struct itimerspec* c, struct itimerspec* d), (a, b, c, d))
FAILS(unlockpt, (int a), (a))
FAILS(waitid, (idtype_t a, id_t b, siginfo_t* c, int d), (a, b, c, d))

// Linux frees the number whatever it returns (EBADF says that somebody else did), and a connection goes
// on in the background.
FAILS_DONE(1, close, (int a), (a))
FAILS_DONE(fault == EINTR || fault == EINPROGRESS, connect, (int a, const struct sockaddr* b, socklen_t c),
           (a, b, c))

MOVES(read, read, (int a, void* b, size_t c), (a, b, c), c)
MOVES(write, write, (int a, const void* b, size_t c), (a, b, c), c)
MOVES(recv, recv, (int a, void* b, size_t c, int d), (a, b, c, d), c)
MOVES(send, send, (int a, const void* b, size_t c, int d), (a, b, c, d), c)
MOVES(recvfrom, recvfrom, (int a, void* b, size_t c, int d, struct sockaddr* e, socklen_t* f),
      (a, b, c, d, e, f), c)
MOVES(sendto, sendto, (int a, const void* b, size_t c, int d, const struct sockaddr* e, socklen_t f),
      (a, b, c, d, e, f), c)
MOVES(sendfile, sendfile, (int a, int b, off_t* c, size_t d), (a, b, c, d), d)
MOVES(sendfile64, sendfile, (int a, int b, off64_t* c, size_t d), (a, b, c, d), d)

// Of several buffers the first, of which one byte moves.
static const struct iovec* OneByte(const struct iovec* from, int* count, struct iovec* one) {
  if (*count == 0 || from[0].iov_len == 0) return from;
  *one = (struct iovec){from[0].iov_base, 1};
  *count = 1;
  return one;
}
#define MOVES_BUFFERS(name)                                                    \
  ssize_t name(int a, const struct iovec* b, int c) {                          \
    REAL(name, ssize_t, (int, const struct iovec*, int));                      \
    struct iovec one;                                                          \
    const int fault = Fault(#name, __builtin_return_address(0));               \
    if (fault == 0) return real(a, b, c);                                      \
    if (fault == kShort) return b = OneByte(b, &c, &one), real(a, b, c);       \
    errno = fault;                                                             \
    return -1;                                                                 \
  }
MOVES_BUFFERS(readv)
MOVES_BUFFERS(writev)
FAILS_AS(-1, recvmsg, recvmsg, ssize_t, (int a, struct msghdr* b, int c), (a, b, c))
FAILS_AS(-1, sendmsg, sendmsg, ssize_t, (int a, const struct msghdr* b, int c), (a, b, c))

FAILS(recvmmsg, (int a, struct mmsghdr* b, unsigned c, int d, struct timespec* e), (a, b, c, d, e))
FAILS(sendmmsg, (int a, struct mmsghdr* b, unsigned c, int d), (a, b, c, d))

// The names with 64 are the same functions, which a build for large files calls.
FAILS_AS(-1, fstat, fstat, int, (int a, struct stat* b), (a, b))
FAILS_AS(-1, fstat64, fstat, int, (int a, struct stat64* b), (a, b))
FAILS_AS(-1, lseek, lseek, off_t, (int a, off_t b, int c), (a, b, c))
FAILS_AS(-1, lseek64, lseek, off64_t, (int a, off64_t b, int c), (a, b, c))
FAILS_AS(MAP_FAILED, mmap, mmap, void*, (void* a, size_t b, int c, int d, int e, off_t f),
         (a, b, c, d, e, f))
FAILS_AS(MAP_FAILED, mmap64, mmap, void*, (void* a, size_t b, int c, int d, int e, off64_t f),
         (a, b, c, d, e, f))

// These have one more argument at most. A register holds it, whether it was given or not.
#define FAILS_VARIADIC(symbol, name, first_type, second_type)                  \
  int symbol(first_type a, second_type b, ...) {                               \
    REAL(symbol, int, (first_type, second_type, ...));                         \
    va_list rest;                                                              \
    va_start(rest, b);                                                         \
    const long c = va_arg(rest, long);                                         \
    va_end(rest);                                                              \
    const int fault = Fault(#name, __builtin_return_address(0));               \
    if (fault == 0) return real(a, b, c);                                      \
    errno = fault;                                                             \
    return -1;                                                                 \
  }
FAILS_VARIADIC(fcntl, fcntl, int, int)
FAILS_VARIADIC(fcntl64, fcntl, int, int)
FAILS_VARIADIC(ioctl, ioctl, int, unsigned long)
FAILS_VARIADIC(open, open, const char*, int)
FAILS_VARIADIC(open64, open, const char*, int)

// Functions that say it otherwise.
FAILS_AS(0, if_nametoindex, if_nametoindex, unsigned, (const char* a), (a))
FAILS_AS(NULL, if_indextoname, if_indextoname, char*, (unsigned a, char b[IF_NAMESIZE]), (a, b))
FAILS_AS(NULL, if_nameindex, if_nameindex, struct if_nameindex*, (void), ())
FAILS_AS(NULL, inet_ntop, inet_ntop, const char*, (int a, const void* b, char* c, socklen_t d), (a, b, c, d))
FAILS_AS(-1, inet_pton, inet_pton, int, (int a, const char* b, void* c), (a, b, c))
FAILS_AS(fault, ptsname_r, ptsname_r, int, (int a, char* b, size_t c), (a, b, c))
FAILS_AS(EAI_SYSTEM, getaddrinfo, getaddrinfo, int,
         (const char* a, const char* b, const struct addrinfo* c, struct addrinfo** d), (a, b, c, d))
FAILS_AS(EAI_SYSTEM, getnameinfo, getnameinfo, int,
         (const struct sockaddr* a, socklen_t b, char* c, socklen_t d, char* e, socklen_t f, int g),
         (a, b, c, d, e, f, g))
FAILS_AS((*e = NULL, *f = NETDB_INTERNAL, fault), gethostbyname_r, gethostbyname_r, int,
         (const char* a, struct hostent* b, char* c, size_t d, struct hostent** e, int* f),
         (a, b, c, d, e, f))
FAILS_AS((*g = NULL, *h = NETDB_INTERNAL, fault), gethostbyaddr_r, gethostbyaddr_r, int,
         (const void* a, socklen_t b, int c, struct hostent* d, char* e, size_t f, struct hostent** g, int* h),
         (a, b, c, d, e, f, g, h))

// What has no function in older C libraries, and what the addon calls without one.
static const char* NameOf(long number) {
  switch (number) {
    case SYS_recvfrom: return "recv";
    case SYS_sendto: return "send";
    case 424: return "pidfd_send_signal";
    case 425: return "io_uring_setup";
    case 426: return "io_uring_enter";
    case 427: return "io_uring_register";
    case 434: return "pidfd_open";
    case 441: return "epoll_pwait2";
  }
  return NULL;
}

long syscall(long number, ...) {
  REAL(syscall, long, (long, ...));
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  const char* name = NameOf(number);
  const int fault = name == NULL ? 0 : Fault(name, __builtin_return_address(0));
  // Only calls that move bytes are armed with it; the third argument is how many.
  if (fault == kShort && a[2] > 0) a[2] = 1;
  if (fault == 0 || fault == kShort) return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  errno = fault;
  return -1;
}

static int Number(napi_env env, napi_value value) {
  int32_t number = 0;
  napi_get_value_int32(env, value, &number);
  return number;
}

// (name, first, last, errno)
static napi_value ArmIn(napi_env env, napi_callback_info info, int in_others) {
  napi_value values[4];
  size_t count = 4, length;
  mode = kOff;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_value_string_utf8(env, values[0], armed_name, sizeof armed_name, &length);
  first = Number(env, values[1]);
  last = Number(env, values[2]);
  armed_errno = Number(env, values[3]);
  seen = fired = 0;
  thread = pthread_self();
  others = in_others;
  mode = kArmed;
  return NULL;
}

static napi_value Arm(napi_env env, napi_callback_info info) { return ArmIn(env, info, 0); }
static napi_value ArmOthers(napi_env env, napi_callback_info info) { return ArmIn(env, info, 1); }

// disarm() returns how often the fault struck.
static napi_value Disarm(napi_env env, napi_callback_info info) {
  (void)info;
  mode = kOff;
  napi_value result;
  napi_create_int32(env, fired, &result);
  return result;
}

static napi_value Record(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  calls = 0;
  thread = pthread_self();
  others = 0;
  mode = kRecording;
  return NULL;
}

// recorded() ends the recording, and returns the names in order.
static napi_value Recorded(napi_env env, napi_callback_info info) {
  (void)info;
  mode = kOff;
  napi_value names, name;
  napi_create_array(env, &names);
  const int count = calls < kMostCalls ? calls : kMostCalls;
  for (int i = 0; i < count; i++) {
    napi_create_string_utf8(env, recorded[i], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, (uint32_t)i, name);
  }
  return names;
}

static void Export(napi_env env, napi_value exports, const char* name, napi_callback call) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  Export(env, exports, "arm", Arm);
  Export(env, exports, "armOthers", ArmOthers);
  Export(env, exports, "disarm", Disarm);
  Export(env, exports, "record", Record);
  Export(env, exports, "recorded", Recorded);
  return exports;
}
