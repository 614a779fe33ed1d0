// The descriptors that objects of one environment own. They are closed when it ends: a worker that
// is terminated runs no JavaScript any more, and descriptors belong to the process, not to the
// thread.
#include <unistd.h>

#include <memory>
#include <unordered_set>

#include "native.h"

namespace {

using Owned = std::unordered_set<int>;

Owned* OwnedOf(const Napi::CallbackInfo& info) { return static_cast<Owned*>(info.Data()); }

void OnEnvironmentExit(void* data) {
  const std::unique_ptr<Owned> owned(static_cast<Owned*>(data));
  for (int fd : *owned) close(fd);
}

// own(fd) -> 0
Napi::Value Own(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  OwnedOf(info)->insert(fd);
  return Int(info, 0);
}

// disown(fd) -> 0, also for one that nobody owned
Napi::Value Disown(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  OwnedOf(info)->erase(fd);
  return Int(info, 0);
}

}  // namespace

// Before InitLoop: what is registered later ends earlier, and the loop must let go of a descriptor
// before it is closed.
void InitOwned(Napi::Env env, Napi::Object exports) {
  auto* owned = new Owned;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, owned);
  Export<Own>(env, exports, "own", owned);
  Export<Disown>(env, exports, "disown", owned);
}
