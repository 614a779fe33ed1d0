// epoll(7): create1, ctl and wait.
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "native.h"
#include "owned.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441  // the same number on every architecture
#endif

namespace {

constexpr size_t kWords = sizeof(epoll_event) / sizeof(int32_t);

// epollCreate1(flags) -> epfd
Napi::Value EpollCreate1(const Napi::CallbackInfo& info) {
  int flags;
  if (!ToInt(info, 0, &flags)) return Invalid(info);
  return Born(info, epoll_create1(flags));
}

// epollCtl(epfd, op, fd, events, tag) -> 0. The kernel hands fd and tag back with each event.
Napi::Value EpollCtl(const Napi::CallbackInfo& info) {
  int epfd, op, fd;
  uint32_t events, tag;
  if (!ToInt(info, 0, &epfd) || !ToInt(info, 1, &op) || !ToInt(info, 2, &fd) ||
      !ToBits(info, 3, &events) || !ToBits(info, 4, &tag)) {
    return Invalid(info);
  }
  epoll_event event;
  event.events = events;
  event.data.u64 = static_cast<uint64_t>(tag) << 32 | static_cast<uint32_t>(fd);
  return Result(info, epoll_ctl(epfd, op, fd, &event));
}

// The libc wrapper is newer than the libraries that a prebuilt addon must load under, and its
// timespec is 32-bit on some machines where the kernel's is not.
int64_t EpollPwait2(int epfd, epoll_event* events, int maxevents, const timespec* timeout) {
  struct {
    int64_t tv_sec, tv_nsec;
  } kernel_timeout = {timeout->tv_sec, timeout->tv_nsec};
  return syscall(SYS_epoll_pwait2, epfd, events, maxevents, &kernel_timeout, nullptr, 0);
}

// What a kernel before 5.11 can do: milliseconds, rounded up, at most an int of them.
int EpollWaitMilliseconds(int epfd, epoll_event* events, int maxevents, const timespec* timeout) {
  double ms = std::ceil(static_cast<double>(timeout->tv_sec) * 1e3 +
                        static_cast<double>(timeout->tv_nsec) / 1e6);
  constexpr double kMost = std::numeric_limits<int>::max();
  return epoll_wait(epfd, events, maxevents, static_cast<int>(ms < kMost ? ms : kMost));
}

// epollWait(epfd, events, seconds) -> number of events; as many fit as `events` is long.
Napi::Value EpollWait(const Napi::CallbackInfo& info) {
  int epfd;
  void* buffer;
  size_t size;
  timespec storage, *timeout;
  if (!ToInt(info, 0, &epfd) || !ToStructs(info, 1, &buffer, &size) ||
      !ToTimeout(info, 2, &storage, &timeout)) {
    return Invalid(info);
  }
  auto* events = static_cast<epoll_event*>(buffer);
  constexpr size_t kMost = std::numeric_limits<int>::max() / sizeof(epoll_event);
  const size_t room = size / sizeof(epoll_event);
  const int maxevents = static_cast<int>(room < kMost ? room : kMost);
  if (timeout == nullptr) return Result(info, epoll_wait(epfd, events, maxevents, -1));
  if (timeout->tv_sec == 0 && timeout->tv_nsec == 0) {
    return Result(info, epoll_wait(epfd, events, maxevents, 0));
  }
  int64_t returned = EpollPwait2(epfd, events, maxevents, timeout);
  // EPERM is how a container's seccomp filter says that it has not heard of the call.
  if (returned == -1 && (errno == ENOSYS || errno == EPERM)) {
    returned = EpollWaitMilliseconds(epfd, events, maxevents, timeout);
  }
  return Result(info, returned);
}

// struct epoll_event is packed on x86-64 and nowhere else: JavaScript asks instead of knowing.
void ExportLayout(Napi::Env env, Napi::Object exports) {
  static_assert(sizeof(epoll_event) % sizeof(int32_t) == 0);
  auto layout = Napi::Object::New(env);
  layout.Set("stride", Napi::Number::New(env, kWords));
  layout.Set("events", Napi::Number::New(env, offsetof(epoll_event, events) / sizeof(int32_t)));
  layout.Set("fd", Napi::Number::New(env, offsetof(epoll_event, data) / sizeof(int32_t)));
  layout.Set("tag", Napi::Number::New(env, offsetof(epoll_event, data) / sizeof(int32_t) + 1));
  exports.Set("epollEvent", layout);
}

}  // namespace

void InitEpoll(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<EpollCreate1>(env, exports, "epollCreate1", owned);
  Export<EpollCtl>(env, exports, "epollCtl");
  Export<EpollWait>(env, exports, "epollWait");
  ExportLayout(env, exports);
}
