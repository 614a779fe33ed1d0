// sigaction(2) for selectors: a signal that arrives makes an eventfd readable.
//
// Why not signalfd(2), and why counts: docs/decisions/0007-signals-by-handler.md. This is the only
// global state of the addon: signal handlers belong to the process, while subscriptions belong to
// environments, which come and go with worker threads.
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "call.h"

namespace {

constexpr uint32_t kSubscriptions = 256;

struct Subscription {
  napi_env env = nullptr;  // null where free
  int fd = -1;
  std::atomic<int> writing = 0;  // handlers that may be about to use fd
  std::atomic<bool> watched[NSIG] = {};
  std::atomic<int32_t> arrived[NSIG] = {};
};

// What a handler touches must need no lock, on any architecture.
static_assert(std::atomic<int32_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constinit Subscription subscriptions[kSubscriptions];
constinit std::atomic<int> used = 0;  // the subscriptions below this were in use at some time

// Guards all of the rest, and who owns a subscription. The handler never takes it.
constinit std::mutex mutex;
int watchers[NSIG];
struct sigaction previous[NSIG];

// Runs in any thread, at any time, on top of anything, close included.
void OnSignal(int signo) {
  const int saved = errno;
  const int count = used;
  for (int i = 0; i < count; i++) {
    Subscription& subscription = subscriptions[i];
    if (!subscription.watched[signo]) continue;
    // Announced first and asked again: either this sees that the subscription is closing, or the
    // closing thread sees this and waits. So the descriptor is never written to once closed, when
    // its number may be another's. Asked before as well, or a storm of signals could hold up a
    // close for ever.
    subscription.writing++;
    if (subscription.watched[signo]) {
      // Counted before it is announced: who reads the eventfd finds the count.
      subscription.arrived[signo]++;
      const uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = write(subscription.fd, &one, sizeof one);
    }
    subscription.writing--;
  }
  errno = saved;
}

// A worker that was alone in loading this library unloads it when it ends, and a handler may still
// be on its last instruction, in another thread, after its subscription closed: stay forever.
bool StayLoaded() {
  Dl_info self;
  return dladdr(reinterpret_cast<void*>(OnSignal), &self) != 0 &&
         dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

// SA_RESTART, as libuv has it: code that never heard of this handler shall see no EINTR. The waits
// of select, poll and epoll end with EINTR all the same.
int Install(int signo) {
  struct sigaction action = {}, before;
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  if (sigaction(signo, &action, &before) == -1) return -1;
  if (before.sa_handler != OnSignal) previous[signo] = before;
  return 0;
}

// What was there before comes back, unless somebody else has replaced the handler in the meantime.
void Restore(int signo) {
  struct sigaction current;
  if (sigaction(signo, nullptr, &current) == 0 && current.sa_handler == OnSignal) {
    sigaction(signo, &previous[signo], nullptr);
  }
}

int CloseSubscription(Subscription* subscription) {
  const std::lock_guard lock(mutex);
  for (int signo = 1; signo < NSIG; signo++) {
    if (!subscription->watched[signo]) continue;
    if (--watchers[signo] == 0) Restore(signo);
    subscription->watched[signo] = false;
  }
  // Only handlers in other threads: one in this thread has returned, or this would not be running.
  while (subscription->writing != 0) sched_yield();
  subscription->env = nullptr;
  return close(subscription->fd);
}

void OnEnvironmentExit(void* subscription) {
  CloseSubscription(static_cast<Subscription*>(subscription));
}

// A subscription of the calling environment, by its number.
bool ReadArgument(Arguments& in, Subscription** out) {
  uint32_t number;
  if (!ReadArgument(in, &number) || number >= kSubscriptions) return false;
  *out = &subscriptions[number];
  const std::lock_guard lock(mutex);
  return (*out)->env == in.env;
}

// Returns the number of the subscription; fd[0] is its eventfd, non-blocking, close-on-exec. ENFILE
// where the process has as many subscriptions as there can be. Not a NewFd: a subscription's end
// closes it.
int SignalOpen(napi_env env, Ints<1> fd) {
  const std::lock_guard lock(mutex);
  static const bool stays = StayLoaded();
  if (!stays) return Fail(ENOSYS);
  auto* subscription = std::ranges::find(subscriptions, nullptr, &Subscription::env);
  if (subscription == std::end(subscriptions)) return Fail(ENFILE);
  subscription->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (subscription->fd == -1) return -1;
  subscription->env = env;
  for (auto& arrived : subscription->arrived) arrived = 0;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, subscription);
  const auto number = static_cast<int>(subscription - subscriptions);
  if (used <= number) used = number + 1;
  fd[0] = subscription->fd;
  return number;
}

// A second time does nothing.
int SignalWatch(Subscription* subscription, int signo) {
  if (signo < 1 || signo >= NSIG) return Invalid();
  const std::lock_guard lock(mutex);
  if (subscription->watched[signo]) return 0;
  // Before the handler is there, or the first signal could find nobody.
  subscription->watched[signo] = true;
  // Also where a handler of ours should be there already: somebody may have replaced it.
  if (Install(signo) == -1) {
    subscription->watched[signo] = false;
    return -1;
  }
  watchers[signo]++;
  return 0;
}

// Returns how many signals have a count; counts[signo] becomes how often signo has arrived since
// the last call.
int SignalTake(Subscription* subscription, Ints<NSIG> counts) {
  // Emptied before the counts are taken: a signal in between leaves it readable, with no count,
  // never a count that nobody is told of.
  uint64_t wakes;
  if (read(subscription->fd, &wakes, sizeof wakes) == -1 && errno != EAGAIN) return -1;
  int signals = 0;
  for (int signo = 0; signo < NSIG; signo++) {
    counts[signo] = subscription->arrived[signo].exchange(0);
    if (counts[signo] != 0) signals++;
  }
  return signals;
}

// The last to watch a signal brings the previous handler back.
int SignalClose(napi_env env, Subscription* subscription) {
  napi_remove_env_cleanup_hook(env, OnEnvironmentExit, subscription);
  return CloseSubscription(subscription);
}

}  // namespace

void InitSignals(napi_env env, napi_value exports) {
  Export<SignalOpen>(env, exports, "signalOpen");
  Export<SignalWatch>(env, exports, "signalWatch");
  Export<SignalTake>(env, exports, "signalTake");
  Export<SignalClose>(env, exports, "signalClose");
}
