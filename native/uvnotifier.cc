// The loop set on Node's own event loop. The only file that knows libuv.
//
// libuv adds a descriptor to its own epoll set when its loop turns, and aborts the process where
// the kernel refuses. So the loop set is added here, where a refusal can be told, and left there:
// libuv takes EEXIST and changes what is there. Were the set filled before libuv has done so, the
// kernel could still refuse, for being nested too deeply: members wait for OnWatched.
#include <sys/epoll.h>
#include <uv.h>

#include <cerrno>
#include <memory>

#include "notifier.h"

// Absent in some runtimes, where the addon has to load all the same, even if each symbol is looked
// up at once.
#pragma weak napi_get_uv_event_loop
#pragma weak uv_backend_fd
#pragma weak uv_check_init
#pragma weak uv_check_start
#pragma weak uv_check_stop
#pragma weak uv_close
#pragma weak uv_idle_init
#pragma weak uv_idle_start
#pragma weak uv_idle_stop
#pragma weak uv_is_closing
#pragma weak uv_poll_init
#pragma weak uv_poll_start
#pragma weak uv_ref
#pragma weak uv_unref

namespace {

// One that lacks any lacks this one: Deno has most of the others.
bool HasLibuv() { return napi_get_uv_event_loop != nullptr && uv_backend_fd != nullptr; }

class UvNotifier final : public Notifier {
 public:
  UvNotifier(Notified* notified, int set) : notified_(notified), set_(set) {}

  // 0, or an error of libuv, which is -errno. Freed either way once libuv is done with it.
  static int Start(std::unique_ptr<UvNotifier> starting, napi_env env, uv_loop_t* loop) {
    const int error = uv_poll_init(loop, &starting->poll_, starting->set_);
    if (error != 0) return error;
    UvNotifier* self = starting.release();
    uv_idle_init(loop, &self->idle_);
    uv_check_init(loop, &self->check_);
    self->poll_.data = self->idle_.data = self->check_.data = self;
    self->Hold(false);
    napi_add_async_cleanup_hook(env, OnEnvironmentEnd, self, &self->hook_);
    if (self->Control(EPOLL_CTL_ADD) == -1) {
      const int refused = -errno;
      self->End();
      return refused;
    }
    uv_idle_start(&self->idle_, OnIdle);
    uv_check_start(&self->check_, OnCheck);
    return 0;
  }

  void Hold(bool on) override {
    const auto set = on ? uv_ref : uv_unref;
    Each([&](uv_handle_t* handle) { set(handle); });
  }

  void End() override {
    Each([](uv_handle_t* handle) { uv_close(handle, OnClose); });
  }

 private:
  template <typename F>
  void Each(F call) {
    call(reinterpret_cast<uv_handle_t*>(&poll_));
    call(reinterpret_cast<uv_handle_t*>(&idle_));
    call(reinterpret_cast<uv_handle_t*>(&check_));
  }

  int Control(int op) {
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.fd = set_;
    return epoll_ctl(uv_backend_fd(poll_.loop), op, set_, &event);
  }

  // No JavaScript runs between this and libuv's look at what is to be polled, so what the kernel
  // accepts here it accepts there. An idle handle keeps that look from blocking.
  static void OnIdle(uv_idle_t* idle) {
    auto* self = static_cast<UvNotifier*>(idle->data);
    if (self->Control(EPOLL_CTL_MOD) == -1) {
      uv_idle_stop(idle);
      uv_check_stop(&self->check_);
      return self->notified_->OnLost();
    }
    uv_poll_start(&self->poll_, UV_READABLE, OnPoll);
    self->started_ = true;
  }

  static void OnCheck(uv_check_t* check) {
    auto* self = static_cast<UvNotifier*>(check->data);
    if (!self->started_) return;
    uv_idle_stop(&self->idle_);
    uv_check_stop(&self->check_);
    self->notified_->OnWatched();
  }

  static void OnPoll(uv_poll_t* poll, int, int) {
    auto* self = static_cast<UvNotifier*>(poll->data);
    while (self->notified_->OnReadable()) {
    }
  }

  static void OnClose(uv_handle_t* handle) {
    auto* self = static_cast<UvNotifier*>(handle->data);
    if (--self->open_ > 0) return;
    napi_remove_async_cleanup_hook(self->hook_);
    delete self;
  }

  // Perhaps because a worker is terminated in the middle of a wait.
  static void OnEnvironmentEnd(napi_async_cleanup_hook_handle, void* data) {
    auto* self = static_cast<UvNotifier*>(data);
    if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&self->poll_)) != 0) return;
    self->notified_->OnEnd();
    self->End();
  }

  uv_poll_t poll_;
  uv_idle_t idle_;
  uv_check_t check_;
  Notified* const notified_;
  const int set_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool started_ = false;
  int open_ = 3;
};

}  // namespace

Notifier* NotifyByUv(napi_env env, int set, Notified* notified) {
  uv_loop_t* loop;
  if (!HasLibuv() || napi_get_uv_event_loop(env, &loop) != napi_ok || loop == nullptr) {
    errno = ENOSYS;
    return nullptr;
  }
  auto starting = std::make_unique<UvNotifier>(notified, set);
  UvNotifier* notifier = starting.get();
  const int error = UvNotifier::Start(std::move(starting), env, loop);
  if (error == 0) return notifier;
  errno = -error;
  return nullptr;
}
