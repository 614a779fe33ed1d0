// The loop set on a thread of its own, by Node-API alone: for runtimes without libuv.
//
// The thread sleeps in epoll_wait(2). When the set is readable, it posts a call to the
// environment's thread, and the set reports nothing more (EPOLLONESHOT) until that call has been
// answered: at most one is on its way. A runtime runs microtasks only between two calls, so what
// has to come after them is a call as well, which the environment's thread posts to itself.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>

#include "notifier.h"

namespace {

constexpr uint32_t kReports = EPOLLIN | EPOLLONESHOT;
constexpr size_t kStackSize = 256 << 10;
constexpr int kFarNumber = 512;

// The thread knows its descriptors by number only. Where somebody closes one twice, the second
// close hits whoever has the number by then: far from the lowest numbers, that is not us.
int MoveFar(int fd) {
  const int far = fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, kFarNumber);
  if (far == -1) return fd;
  close(fd);
  return far;
}

enum class Event : uintptr_t { kWatched, kReadable, kAnswered, kFailed };

class ThreadNotifier final : public Notifier {
 public:
  ThreadNotifier(napi_env env, int set, Notified* notified)
      : env_(env), set_(set), notified_(notified) {}

  ~ThreadNotifier() { Close(); }

  // -1 with errno where it was refused. Its finalizer frees it as soon as it is connected.
  static ThreadNotifier* Start(std::unique_ptr<ThreadNotifier> starting) {
    if (starting->Open() == -1 || starting->Connect() == -1) return nullptr;
    ThreadNotifier* self = starting.release();
    const int error = self->Run();
    if (error == 0) {
      self->Post(Event::kWatched);
      return self;
    }
    self->End();
    errno = error;
    return nullptr;
  }

  void Hold(bool on) override {
    const auto set = on ? napi_ref_threadsafe_function : napi_unref_threadsafe_function;
    set(env_, call_);
  }

  void End() override {
    Hold(false);
    Disconnect();
  }

 private:
  int Open() {
    epfd_ = MoveFar(epoll_create1(EPOLL_CLOEXEC));
    if (epfd_ == -1) return -1;
    stop_ = MoveFar(eventfd(0, EFD_CLOEXEC));
    if (stop_ == -1 || Control(EPOLL_CTL_ADD, stop_, EPOLLIN) == -1) return -1;
    return Control(EPOLL_CTL_ADD, set_, kReports);
  }

  int Control(int op, int fd, uint32_t events) {
    epoll_event event = {};
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(epfd_, op, fd, &event);
  }

  int Connect() {
    napi_value name;
    if (napi_create_string_utf8(env_, "fd-selectors", NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, nullptr, OnFinalize,
                                        this, OnCall, &call_) != napi_ok) {
      errno = ENOSYS;
      return -1;
    }
    Hold(false);
    // After the function's own hook, and so run before it: nobody may call it once it is gone.
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    return 0;
  }

  // 0, or an errno. Every signal is left to the program's own threads.
  int Run() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackSize);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&thread_, &attributes, Watch, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    joinable_ = error == 0;
    if (joinable_) {
      pthread_setname_np(thread_, "fd-selectors");
    } else {
      parties_--;
    }
    return error;
  }

  // The thread. More events than were asked for come from another set that has the number by now:
  // JavaScript will notice when it arms the one that was ours.
  static void* Watch(void* data) {
    auto* self = static_cast<ThreadNotifier*>(data);
    while (self->WatchOnce()) {
    }
    self->Leave();
    return nullptr;
  }

  bool WatchOnce() {
    epoll_event event;
    const int count = epoll_wait(epfd_, &event, 1, -1);
    if (count == -1) return errno == EINTR || Fail(errno);
    if (count != 1 || event.data.fd == stop_ || told_.exchange(true)) return false;
    const std::lock_guard lock(mutex_);
    return !ended_ && Post(Event::kReadable);
  }

  bool Fail(int error) {
    const std::lock_guard lock(mutex_);
    error_ = error;
    if (!ended_) Post(Event::kFailed);
    return false;
  }

  bool Post(Event event) {
    return napi_call_threadsafe_function(call_, reinterpret_cast<void*>(event),
                                         napi_tsfn_nonblocking) == napi_ok;
  }

  // The environment's thread, with microtasks before and after. No environment: it has ended.
  static void OnCall(napi_env env, napi_value, void* context, void* data) {
    auto* self = static_cast<ThreadNotifier*>(context);
    if (env == nullptr || self->ended_) return;
    self->uses_++;
    self->Handle(static_cast<Event>(reinterpret_cast<uintptr_t>(data)));
    self->Release();
  }

  void Handle(Event event) {
    if (event == Event::kWatched) return notified_->OnWatched();
    if (event == Event::kAnswered) return Rearm();
    if (event == Event::kFailed)
      return IsOurs() ? notified_->OnFailed(error_) : notified_->OnLost();
    const bool more = notified_->OnReadable();
    if (!ended_) Post(more ? Event::kReadable : Event::kAnswered);
  }

  void Rearm() {
    told_ = false;
    if (Control(EPOLL_CTL_MOD, set_, kReports) == -1) notified_->OnLost();
  }

  // Perhaps because a worker is terminated in the middle of a wait.
  static void OnEnvironmentEnd(void* data) {
    auto* self = static_cast<ThreadNotifier*>(data);
    if (!self->ended_) self->notified_->OnEnd();
    self->Disconnect();
    self->Join();
  }

  // Does not wait for the thread, which may not get the CPU for long.
  void Disconnect() {
    if (ended_) return;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    if (!joinable_ || Stop()) return Leave();
    // It sleeps on in a set that is empty from now on, and nobody can reach. What it uses stays.
    pthread_detach(thread_);
    joinable_ = false;
    uses_++;
    napi_release_threadsafe_function(call_, napi_tsfn_abort);
  }

  // Somebody may have closed our descriptors, whose numbers may be another's by now: the kernel
  // knows whether the one is still a member of the other.
  bool IsOurs() { return Control(EPOLL_CTL_MOD, stop_, EPOLLIN) == 0; }

  bool Stop() {
    const uint64_t one = 1;
    return IsOurs() && write(stop_, &one, sizeof one) == sizeof one;
  }

  // The last to need the function lets go of it: the thread or the notifier.
  void Leave() {
    if (--parties_ == 0) napi_release_threadsafe_function(call_, napi_tsfn_release);
  }

  // Closes as well: not every runtime finalizes its functions when an environment ends.
  void Join() {
    if (!joinable_) return;
    pthread_join(thread_, nullptr);
    joinable_ = false;
    Close();
  }

  void Close() {
    for (int* fd : {&epfd_, &stop_}) {
      if (*fd != -1) close(*fd);
      *fd = -1;
    }
  }

  static void OnFinalize(napi_env, void*, void* context) {
    auto* self = static_cast<ThreadNotifier*>(context);
    napi_remove_env_cleanup_hook(self->env_, OnEnvironmentEnd, self);
    self->Join();
    self->Release();
  }

  void Release() {
    if (--uses_ == 0) delete this;
  }

  const napi_env env_;
  const int set_;
  Notified* const notified_;
  int epfd_ = -1;
  int stop_ = -1;
  napi_threadsafe_function call_ = nullptr;
  pthread_t thread_ = {};
  bool joinable_ = false;
  std::atomic<int> parties_ = 2;
  std::mutex mutex_;
  bool ended_ = false;              // written with the mutex, which the thread holds while it posts
  int error_ = 0;                   // why the thread has ended, before it posts kFailed
  std::atomic<bool> told_ = false;  // from a report until the set is armed again
  int uses_ = 1;
};

}  // namespace

Notifier* NotifyByThread(napi_env env, int set, Notified* notified) {
  return ThreadNotifier::Start(std::make_unique<ThreadNotifier>(env, set, notified));
}
