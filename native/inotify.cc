// inotify(7): init1, add_watch, rm_watch; read(2) in descriptor.cc takes the events.
#include <sys/inotify.h>

#include "native.h"
#include "owned.h"

namespace {

static_assert(sizeof(inotify_event) == 16 && offsetof(inotify_event, wd) == 0 &&
                  offsetof(inotify_event, mask) == 4 && offsetof(inotify_event, cookie) == 8 &&
                  offsetof(inotify_event, len) == 12,
              "src/fds/inotify.ts reads struct inotify_event as it is on every Linux");

// inotifyInit1(flags) -> fd
Napi::Value InotifyInit1(const Napi::CallbackInfo& info) {
  int flags;
  if (!ToInt(info, 0, &flags)) return Invalid(info);
  return Born(info, inotify_init1(flags));
}

// inotifyAddWatch(fd, path, mask) -> wd; path is bytes that end with a zero
Napi::Value InotifyAddWatch(const Napi::CallbackInfo& info) {
  int fd;
  uint8_t* path;
  size_t length;
  uint32_t mask;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, &path, &length) || !ToBits(info, 2, &mask) ||
      length == 0 || path[length - 1] != 0) {
    return Invalid(info);
  }
  return Result(info, inotify_add_watch(fd, reinterpret_cast<const char*>(path), mask));
}

// inotifyRmWatch(fd, wd) -> 0
Napi::Value InotifyRmWatch(const Napi::CallbackInfo& info) {
  int fd, wd;
  if (!ToInt(info, 0, &fd) || !ToInt(info, 1, &wd)) return Invalid(info);
  return Result(info, inotify_rm_watch(fd, wd));
}

}  // namespace

void InitInotify(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<InotifyInit1>(env, exports, "inotifyInit1", owned);
  Export<InotifyAddWatch>(env, exports, "inotifyAddWatch");
  Export<InotifyRmWatch>(env, exports, "inotifyRmWatch");
}
