// inotify(7): init1, add_watch, rm_watch; read(2) in descriptor.cc takes the events.
#include <sys/inotify.h>

#include "call.h"

namespace {

static_assert(sizeof(inotify_event) == 16 && offsetof(inotify_event, wd) == 0 &&
                  offsetof(inotify_event, mask) == 4 && offsetof(inotify_event, cookie) == 8 &&
                  offsetof(inotify_event, len) == 12,
              "src/fds/inotify.ts reads struct inotify_event as it is on every Linux");

// A path is bytes that end with a zero.
int InotifyAddWatch(int fd, Bytes path, Bits mask) {
  if (path.empty() || path.back() != 0) return Invalid();
  return inotify_add_watch(fd, reinterpret_cast<const char*>(path.data()), mask);
}

}  // namespace

void InitInotify(napi_env env, napi_value exports) {
  Export<Opens<inotify_init1>>(env, exports, "inotifyInit1");
  Export<InotifyAddWatch>(env, exports, "inotifyAddWatch");
  Export<inotify_rm_watch>(env, exports, "inotifyRmWatch");
}
