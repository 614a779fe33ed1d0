// One descriptor on Node's own event loop. The only file that knows libuv.
//
// Only epoll descriptors of this package are handed to libuv, never a user's: uv_poll makes a
// descriptor non-blocking, and refuses one that the loop has already. Each watcher has a number,
// and the state of an environment hangs on its functions, so that any number of workers can load
// this.
#include <uv.h>

#include <memory>
#include <vector>

#include "call.h"

namespace {

struct Loop;

// A uv_poll_t and the JavaScript function that hears of it. It frees itself once libuv has closed
// it.
struct Watcher {
  uv_poll_t poll;
  Loop* loop;
  size_t id;
  napi_ref callback;
  // Whether JavaScript asked for the next event since the last one.
  bool wanted = false;
};

// The watchers of one environment. It lives until that ends and the last of them is closed.
struct Loop {
  napi_env env;
  std::vector<Watcher*> watchers;
  size_t open = 0;
  // While any watcher is open.
  napi_async_cleanup_hook_handle hook = nullptr;
  bool ending = false;
};

// The last one out closes the door: libuv must be done with every handle before its loop ends.
void EndIfDone(Loop* loop) {
  if (loop->open > 0) return;
  if (loop->hook != nullptr) napi_remove_async_cleanup_hook(loop->hook);
  loop->hook = nullptr;
  if (loop->ending) delete loop;
}

void Dispose(Watcher* watcher) {
  napi_delete_reference(watcher->loop->env, watcher->callback);
  uv_close(reinterpret_cast<uv_handle_t*>(&watcher->poll), [](uv_handle_t* handle) {
    auto* closed = static_cast<Watcher*>(handle->data);
    Loop* loop = closed->loop;
    delete closed;
    loop->open--;
    EndIfDone(loop);
  });
}

// The environment ends, perhaps because a worker is terminated in the middle of a wait.
void OnEnvironmentEnd(napi_async_cleanup_hook_handle, void* data) {
  auto* loop = static_cast<Loop*>(data);
  for (Watcher* watcher : loop->watchers) {
    if (watcher != nullptr) Dispose(watcher);
  }
  loop->watchers.clear();
}

// Before or after the last watcher is closed.
void OnEnvironmentExit(void* data) {
  auto* loop = static_cast<Loop*>(data);
  loop->ending = true;
  EndIfDone(loop);
}

// The descriptor is readable: JavaScript takes what is there, and microtasks run before the call
// returns. Whoever waits again by then keeps the watcher armed; otherwise it is stopped, so that a
// descriptor that nobody drains does not spin and an idle one does not keep the process alive.
void OnReadable(uv_poll_t* poll, int, int) {
  auto* watcher = static_cast<Watcher*>(poll->data);
  Loop* loop = watcher->loop;
  napi_env env = loop->env;
  watcher->wanted = false;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value callback, receiver, result;
  napi_get_reference_value(env, watcher->callback, &callback);
  napi_get_global(env, &receiver);
  if (napi_make_callback(env, nullptr, receiver, callback, 0, nullptr, &result) ==
      napi_pending_exception) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
  // libuv frees a watcher that was closed meanwhile only after this returns.
  if (!watcher->wanted) uv_poll_stop(poll);
}

bool ReadArgument(Arguments& in, Loop** out) {
  *out = static_cast<Loop*>(in.state);
  return true;
}

// A watcher of the calling environment, by its number.
bool ReadArgument(Arguments& in, Watcher** out) {
  const auto& watchers = static_cast<Loop*>(in.state)->watchers;
  uint32_t id;
  if (!ReadArgument(in, &id) || id >= watchers.size()) return false;
  *out = watchers[id];
  return *out != nullptr;
}

// libuv's errors are -errno here.
int FromUv(int code) {
  if (code >= 0) return code;
  errno = -code;
  return -1;
}

// Returns the number of a new watcher, stopped.
int LoopOpen(napi_env env, Loop* loop, int epfd, Function onReadable) {
  uv_loop_t* uv;
  if (napi_get_uv_event_loop(env, &uv) != napi_ok || uv == nullptr) return FromUv(UV_ENOSYS);
  auto watcher = std::make_unique<Watcher>();
  const int error = uv_poll_init(uv, &watcher->poll, epfd);
  if (error != 0) return FromUv(error);
  watcher->poll.data = watcher.get();
  watcher->loop = loop;
  napi_create_reference(env, onReadable.value, 1, &watcher->callback);
  // Only now: there are runtimes where a program that never waits would trip over this at its end.
  if (loop->open++ == 0 && loop->hook == nullptr) {
    napi_add_async_cleanup_hook(env, OnEnvironmentEnd, loop, &loop->hook);
  }
  const auto free = std::find(loop->watchers.begin(), loop->watchers.end(), nullptr);
  watcher->id = static_cast<size_t>(free - loop->watchers.begin());
  if (free == loop->watchers.end()) loop->watchers.push_back(nullptr);
  const size_t id = watcher->id;
  loop->watchers[id] = watcher.release();
  return static_cast<int>(id);
}

// The callback is called when the descriptor is readable, once unless armed again.
int LoopArm(Watcher* watcher) {
  watcher->wanted = true;
  if (uv_is_active(reinterpret_cast<uv_handle_t*>(&watcher->poll)) != 0) return 0;
  return FromUv(uv_poll_start(&watcher->poll, UV_READABLE, OnReadable));
}

int LoopStop(Watcher* watcher) {
  watcher->wanted = false;
  return FromUv(uv_poll_stop(&watcher->poll));
}

// Whether the watcher, while armed, keeps the process alive.
int LoopRef(Watcher* watcher, int on) {
  auto* handle = reinterpret_cast<uv_handle_t*>(&watcher->poll);
  if (on != 0) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
  return 0;
}

// The descriptor may be closed as soon as this returns.
int LoopClose(Watcher* watcher) {
  watcher->loop->watchers[watcher->id] = nullptr;
  watcher->wanted = true;  // nothing is left to stop when this runs within its own callback
  Dispose(watcher);
  return 0;
}

}  // namespace

void InitLoop(napi_env env, napi_value exports) {
  auto* loop = new Loop;
  loop->env = env;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, loop);
  Export<LoopOpen>(env, exports, "loopOpen", loop);
  Export<LoopArm>(env, exports, "loopArm", loop);
  Export<LoopStop>(env, exports, "loopStop", loop);
  Export<LoopRef>(env, exports, "loopRef", loop);
  Export<LoopClose>(env, exports, "loopClose", loop);
}
