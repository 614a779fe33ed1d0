// A worker that is terminated runs no JavaScript any more, and descriptors belong to the process,
// not to the thread: native code closes what the worker has opened.
#include "owned.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <unordered_set>

#include "call.h"

namespace {

using Fds = std::unordered_set<int>;

// Null for the main thread: the end of the process closes all that it has.
Fds* FdsOf(napi_env env) {
  void* fds = nullptr;
  napi_get_instance_data(env, &fds);
  return static_cast<Fds*>(fds);
}

void OnEnvironmentExit(void* data) {
  const std::unique_ptr<Fds> fds(static_cast<Fds*>(data));
  for (int fd : *fds) close(fd);
}

}  // namespace

int Own(napi_env env, int fd) {
  if (Fds* fds = FdsOf(env)) fds->insert(fd);
  return 0;
}

int Disown(napi_env env, int fd) {
  if (Fds* fds = FdsOf(env)) fds->erase(fd);
  return 0;
}

// Before InitLoop: what is registered later ends earlier, and the loop must let go of a descriptor
// before it is closed.
void InitOwned(napi_env env, napi_value exports) {
  if (syscall(SYS_gettid) != getpid()) {
    auto* fds = new Fds;
    napi_set_instance_data(env, fds, nullptr, nullptr);
    napi_add_env_cleanup_hook(env, OnEnvironmentExit, fds);
  }
  Export<Own>(env, exports, "own");
  Export<Disown>(env, exports, "disown");
}
