// One descriptor on Node's own event loop. The only file that knows libuv.
//
// Only epoll descriptors of this package are handed to libuv, never a user's: uv_poll makes a
// descriptor non-blocking, and refuses one that the loop has already. Each watcher has a number,
// and the state of an environment hangs on its functions, so that any number of workers can load
// this.
#include <uv.h>

#include <memory>
#include <vector>

#include "native.h"

namespace {

struct Loop;

// A uv_poll_t and the JavaScript function that hears of it. It frees itself once libuv has closed
// it.
struct Watcher {
  uv_poll_t poll;
  Loop* loop;
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

  Watcher* Find(const Napi::CallbackInfo& info, int* id) {
    if (!ToInt(info, 0, id) || *id < 0 || static_cast<size_t>(*id) >= watchers.size()) {
      return nullptr;
    }
    return watchers[static_cast<size_t>(*id)];
  }
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

Loop* LoopOf(const Napi::CallbackInfo& info) { return static_cast<Loop*>(info.Data()); }

// loopOpen(epfd, callback) -> number of a new watcher, stopped
Napi::Value LoopOpen(const Napi::CallbackInfo& info) {
  Loop* loop = LoopOf(info);
  int fd;
  if (!ToInt(info, 0, &fd) || !info[1].IsFunction()) return Invalid(info);
  uv_loop_t* uv;
  if (napi_get_uv_event_loop(info.Env(), &uv) != napi_ok || uv == nullptr) {
    return Int(info, -ENOSYS);
  }
  auto watcher = std::make_unique<Watcher>();
  const int error = uv_poll_init(uv, &watcher->poll, fd);
  if (error != 0) return Int(info, error);  // libuv's errors are -errno here
  watcher->poll.data = watcher.get();
  watcher->loop = loop;
  napi_create_reference(info.Env(), info[1], 1, &watcher->callback);
  // Only now: there are runtimes where a program that never waits would trip over this at its end.
  if (loop->open++ == 0 && loop->hook == nullptr) {
    napi_add_async_cleanup_hook(info.Env(), OnEnvironmentEnd, loop, &loop->hook);
  }
  size_t id = 0;
  while (id < loop->watchers.size() && loop->watchers[id] != nullptr) id++;
  if (id == loop->watchers.size()) loop->watchers.push_back(nullptr);
  loop->watchers[id] = watcher.release();
  return Int(info, static_cast<int64_t>(id));
}

// loopArm(id) -> 0. The callback is called when the descriptor is readable, once unless armed
// again.
Napi::Value LoopArm(const Napi::CallbackInfo& info) {
  int id;
  Watcher* watcher = LoopOf(info)->Find(info, &id);
  if (watcher == nullptr) return Invalid(info);
  watcher->wanted = true;
  if (uv_is_active(reinterpret_cast<uv_handle_t*>(&watcher->poll)) != 0) return Int(info, 0);
  return Int(info, uv_poll_start(&watcher->poll, UV_READABLE, OnReadable));
}

// loopStop(id) -> 0
Napi::Value LoopStop(const Napi::CallbackInfo& info) {
  int id;
  Watcher* watcher = LoopOf(info)->Find(info, &id);
  if (watcher == nullptr) return Invalid(info);
  watcher->wanted = false;
  return Int(info, uv_poll_stop(&watcher->poll));
}

// loopRef(id, on) -> 0. Whether the watcher, while armed, keeps the process alive.
Napi::Value LoopRef(const Napi::CallbackInfo& info) {
  int id, on;
  Watcher* watcher = LoopOf(info)->Find(info, &id);
  if (watcher == nullptr || !ToInt(info, 1, &on)) return Invalid(info);
  auto* handle = reinterpret_cast<uv_handle_t*>(&watcher->poll);
  if (on != 0) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
  return Int(info, 0);
}

// loopClose(id) -> 0. The descriptor may be closed as soon as this returns.
Napi::Value LoopClose(const Napi::CallbackInfo& info) {
  int id;
  Loop* loop = LoopOf(info);
  Watcher* watcher = loop->Find(info, &id);
  if (watcher == nullptr) return Invalid(info);
  loop->watchers[static_cast<size_t>(id)] = nullptr;
  watcher->wanted = true;  // nothing is left to stop when this runs within its own callback
  Dispose(watcher);
  return Int(info, 0);
}

}  // namespace

void InitLoop(Napi::Env env, Napi::Object exports) {
  auto* loop = new Loop;
  loop->env = env;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, loop);
  Export<LoopOpen>(env, exports, "loopOpen", loop);
  Export<LoopArm>(env, exports, "loopArm", loop);
  Export<LoopStop>(env, exports, "loopStop", loop);
  Export<LoopRef>(env, exports, "loopRef", loop);
  Export<LoopClose>(env, exports, "loopClose", loop);
}
