// The descriptors that objects of one environment own. They are closed when it ends: a worker that
// is terminated runs no JavaScript any more, and descriptors belong to the process, not to the
// thread.
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

// For a descriptor that came from elsewhere.
int OwnFd(napi_env env, int fd) {
  Own(env, fd);
  return 0;
}

int DisownFd(napi_env env, int fd) {
  Disown(env, fd);
  return 0;
}

}  // namespace

void Own(napi_env env, int fd) {
  if (Fds* fds = FdsOf(env)) fds->insert(fd);
}

void Disown(napi_env env, int fd) {
  if (Fds* fds = FdsOf(env)) fds->erase(fd);
}

// Before InitLoop: what is registered later ends earlier, and the loop must let go of a descriptor
// before it is closed.
void InitOwned(napi_env env, napi_value exports) {
  if (syscall(SYS_gettid) != getpid()) {
    auto* fds = new Fds;
    napi_set_instance_data(env, fds, nullptr, nullptr);
    napi_add_env_cleanup_hook(env, OnEnvironmentExit, fds);
  }
  Export<OwnFd>(env, exports, "own");
  Export<DisownFd>(env, exports, "disown");
}
