// epoll(7): create1, ctl and wait.
#include "epoll.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "call.h"
#include "object.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441  // the same number on every architecture
#endif

namespace {

// The kernel hands fd and tag back with each event.
int EpollCtl(int epfd, int op, int fd, Bits events, Bits tag) {
  epoll_event event;
  event.events = events;
  event.data.u64 = static_cast<uint64_t>(tag) << 32 | static_cast<uint32_t>(fd);
  return epoll_ctl(epfd, op, fd, &event);
}

// The libc wrapper is newer than the libraries that a prebuilt addon must load under, and its
// timespec is 32-bit on some machines where the kernel's is not.
int EpollPwait2(int epfd, epoll_event* events, int maxevents, const timespec& timeout) {
  struct {
    int64_t tv_sec, tv_nsec;
  } kernel_timeout = {timeout.tv_sec, timeout.tv_nsec};
  return static_cast<int>(
      syscall(SYS_epoll_pwait2, epfd, events, maxevents, &kernel_timeout, nullptr, 0));
}

// What a kernel before 5.11 can do: milliseconds, rounded up, at most an int of them.
int EpollWaitMilliseconds(int epfd, epoll_event* events, int maxevents, const timespec& timeout) {
  const double ms = std::ceil(static_cast<double>(timeout.tv_sec) * 1e3 +
                              static_cast<double>(timeout.tv_nsec) / 1e6);
  return epoll_wait(epfd, events, maxevents, static_cast<int>(std::min<double>(ms, INT_MAX)));
}

int EpollWait(int epfd, Structs<epoll_event> events, Timeout timeout) {
  return WaitForEvents(epfd, events, timeout);
}

// struct epoll_event is packed on x86-64 and nowhere else: JavaScript asks instead of knowing.
void ExportLayout(Napi::Env env, Napi::Object exports) {
  static_assert(sizeof(epoll_event) % sizeof(int32_t) == 0);
  const auto layout = NewObject(env);
  const auto set = [&](const char* field, size_t bytes) {
    Set(layout, field, NewNumber(env, static_cast<double>(bytes / sizeof(int32_t))));
  };
  set("stride", sizeof(epoll_event));
  set("events", offsetof(epoll_event, events));
  set("fd", offsetof(epoll_event, data));
  set("tag", offsetof(epoll_event, data) + sizeof(int32_t));
  Set(exports, "epollEvent", layout);
}

}  // namespace

int WaitForEvents(int epfd, std::span<epoll_event> events, const Timeout& timeout) {
  constexpr size_t kMost = INT_MAX / sizeof(epoll_event);
  const auto maxevents = static_cast<int>(std::min(events.size(), kMost));
  if (timeout.IsForever()) return epoll_wait(epfd, events.data(), maxevents, -1);
  if (timeout.IsZero()) return epoll_wait(epfd, events.data(), maxevents, 0);
  const int returned = EpollPwait2(epfd, events.data(), maxevents, timeout.time);
  // EPERM is how a container's seccomp filter says that it has not heard of the call.
  if (returned != -1 || (errno != ENOSYS && errno != EPERM)) return returned;
  return EpollWaitMilliseconds(epfd, events.data(), maxevents, timeout.time);
}

void InitEpoll(napi_env env, napi_value exports) {
  Export<Opens<epoll_create1>>(env, exports, "epollCreate1");
  Export<EpollCtl>(env, exports, "epollCtl");
  Export<EpollWait>(env, exports, "epollWait");
  ExportLayout(env, {env, exports});
}
