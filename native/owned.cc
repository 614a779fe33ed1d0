// The descriptors that objects of one environment own. They are closed when it ends: a worker that
// is terminated runs no JavaScript any more, and descriptors belong to the process, not to the
// thread.
#include "owned.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <memory>

namespace {

void OnEnvironmentExit(void* data) {
  const std::unique_ptr<Owned> owned(static_cast<Owned*>(data));
  for (int fd : owned->Fds()) close(fd);
}

// own(fd) -> 0, for a descriptor that came from elsewhere
Napi::Value Own(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  OwnedOf(info)->Add(fd);
  return Int(info, 0);
}

// disown(fd) -> 0, for a descriptor that is given away, also for one that nobody owned
Napi::Value Disown(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  OwnedOf(info)->Remove(fd);
  return Int(info, 0);
}

}  // namespace

// Before InitLoop: what is registered later ends earlier, and the loop must let go of a descriptor
// before it is closed.
Owned* InitOwned(Napi::Env env, Napi::Object exports) {
  auto* owned = new Owned(syscall(SYS_gettid) != getpid());
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, owned);
  Export<Own>(env, exports, "own", owned);
  Export<Disown>(env, exports, "disown", owned);
  return owned;
}
