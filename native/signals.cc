// sigaction(2) for selectors: a signal that arrives makes an eventfd readable.
//
// Why not signalfd(2), and why counts: docs/decisions/0007-signals-by-handler.md. All of this is
// the process's: signal handlers are, while subscriptions belong to environments, which come and go
// with worker threads. Their eventfds are owned as every descriptor is.
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>

#include "call.h"

namespace {

constexpr uint32_t kSubscriptions = 256;

struct Subscription {
  napi_env env = nullptr;        // null where free
  int fd = 0;                    // all are 0 at first: they take no room in the file
  std::atomic<int> writing = 0;  // handlers that may be about to use fd
  std::atomic<bool> watched[NSIG] = {};
  std::atomic<int32_t> arrived[NSIG] = {};
};

// What a handler touches must need no lock, on any architecture.
static_assert(std::atomic<int32_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constinit Subscription subscriptions[kSubscriptions];
constinit std::atomic<int> used = 0;  // the subscriptions below this were in use at some time

// Several copies of this library can be in one process, say of two versions of the package, and
// each has a handler. They find each other by the name of this struct, which never changes under
// that name, and the one whose handler the kernel calls tells the others.
struct Copy {
  // Tells the subscribers of the copy, and returns whether there was one. Async-signal-safe, as
  // are the others.
  bool (*deliver)(int signo);
  // The copy whose handler this one's replaced, or null.
  const Copy* (*below)(int signo);
  // Does what the handler or the default that this one replaced does.
  void (*pass)(int signo, siginfo_t* info, void* context);
};
extern "C" __attribute__((visibility("default"))) const Copy fd_selectors_signals_v1;
constexpr const char* kCopyName = "fd_selectors_signals_v1";

// What a handler replaced. It never changes, and stays: another thread may be reading it.
struct Replaced {
  struct sigaction action;
  const Copy* copy;  // null unless it is another copy's
  const Replaced* next;
};
constinit std::atomic<const Replaced*> replaced[NSIG] = {};

// Guards all of the rest, and who owns a subscription. The handler never takes it.
constinit std::mutex mutex;
int watchers[NSIG];
const Replaced* all_replaced = nullptr;

// To every subscription. Runs in any thread, at any time, on top of anything, close included.
bool Deliver(int signo) {
  bool heard = false;
  const int count = used;
  for (int i = 0; i < count; i++) {
    Subscription& subscription = subscriptions[i];
    if (!subscription.watched[signo]) continue;
    // Announced first and asked again: either this sees that the subscription is closing, or the
    // closing thread sees this and waits. So the descriptor is never written to once closed, when
    // its number may be another's. Asked before as well, or a storm of signals could hold up a
    // close forever.
    subscription.writing++;
    if (subscription.watched[signo]) {
      heard = true;
      // Counted before it is announced: who reads the eventfd finds the count.
      subscription.arrived[signo]++;
      const uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = write(subscription.fd, &one, sizeof one);
    }
    subscription.writing--;
  }
  return heard;
}

const Copy* Below(int signo) {
  const Replaced* below = replaced[signo];
  return below == nullptr ? nullptr : below->copy;
}

// Ends or stops the process, as the kernel does without a handler.
void ActByDefault(int signo, siginfo_t* info) {
  if (signo == SIGCHLD || signo == SIGCONT || signo == SIGURG || signo == SIGWINCH) return;
  struct sigaction standard = {}, before, now;
  standard.sa_handler = SIG_DFL;
  sigaction(signo, &standard, &before);
  // Again, with the same sender; it was blocked while its handler runs.
  if (syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), signo, info) == -1) {
    raise(signo);
  }
  sigset_t only, mask;
  sigemptyset(&only);
  sigaddset(&only, signo);
  pthread_sigmask(SIG_UNBLOCK, &only, &mask);
  // Stopped, and continued.
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  if (sigaction(signo, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    sigaction(signo, &before, nullptr);
  }
}

void OnSignal(int signo, siginfo_t* info, void* context);

bool IsOurs(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == OnSignal;
}

// Whether a handler on top of ours called it, as some call whatever they replaced (Deno's do). The
// signal is handled then: such a handler would not have acted by default either.
bool IsChained(int signo) {
  struct sigaction now;
  return sigaction(signo, nullptr, &now) == 0 && now.sa_handler != SIG_DFL && !IsOurs(now);
}

void Pass(int signo, siginfo_t* info, void* context) {
  const Replaced* below = replaced[signo];
  const struct sigaction standard = {}, &action = below == nullptr ? standard : below->action;
  if (action.sa_handler == SIG_IGN) return;
  if (action.sa_handler == SIG_DFL) {
    if (!IsChained(signo)) ActByDefault(signo, info);
    return;
  }
  // As the kernel does before such a handler, which raises the signal again.
  if ((action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) sigaction(signo, &standard, nullptr);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signo, info, context);
  } else {
    action.sa_handler(signo);
  }
}

// What nobody subscribed to goes on to the handler that the first of us found. It comes here
// where ours could not be removed, because another one was installed on top of it.
void OnSignal(int signo, siginfo_t* info, void* context) {
  const int error = errno;
  bool heard = false;
  const Copy* last = nullptr;
  for (const Copy* copy = &fd_selectors_signals_v1; copy != nullptr; copy = copy->below(signo)) {
    if (copy->deliver(signo)) heard = true;
    last = copy;
  }
  if (!heard) last->pass(signo, info, context);
  errno = error;
}

extern "C" const Copy fd_selectors_signals_v1 = {.deliver = Deliver, .below = Below, .pass = Pass};

// The copy of this library that a handler belongs to, or null.
const Copy* CopyOf(const struct sigaction& action) {
  Dl_info handler, found;
  if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN ||
      dladdr(reinterpret_cast<void*>(action.sa_sigaction), &handler) == 0) {
    return nullptr;
  }
  void* library = dlopen(handler.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  void* symbol = dlsym(library, kCopyName);
  dlclose(library);
  // Not one that the library merely has from another.
  return symbol != nullptr && dladdr(symbol, &found) != 0 && found.dli_fbase == handler.dli_fbase
             ? static_cast<const Copy*>(symbol)
             : nullptr;
}

// A worker that was alone in loading this library unloads it when it ends, and a handler may still
// be on its last instruction, in another thread, after its subscription closed: stay forever.
bool StayLoaded() {
  Dl_info self;
  return dladdr(reinterpret_cast<void*>(OnSignal), &self) != 0 &&
         dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

bool IsSame(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_handler == b.sa_handler && a.sa_flags == b.sa_flags &&
         memcmp(&a.sa_mask, &b.sa_mask, sizeof a.sa_mask) == 0;
}

// Notes what our handler replaces. There are only so many different ones in a process.
void NoteReplaced(int signo, const struct sigaction& action) {
  const Replaced* note = all_replaced;
  while (note != nullptr && !IsSame(note->action, action)) note = note->next;
  if (note == nullptr) {
    note = all_replaced = new Replaced{action, CopyOf(action), all_replaced};
  }
  replaced[signo] = note;
}

// Whether the kernel calls our handler, or one that tells us.
bool IsReached(int signo, const struct sigaction& current) {
  if (IsOurs(current)) return true;
  for (const Copy* copy = CopyOf(current); copy != nullptr; copy = copy->below(signo)) {
    if (copy == &fd_selectors_signals_v1) return true;
  }
  return false;
}

// SA_RESTART, as libuv has it: code that never heard of this handler shall see no EINTR. The waits
// of select, poll and epoll end with EINTR all the same.
int Install(int signo) {
  struct sigaction action = {}, current, before;
  if (sigaction(signo, nullptr, &current) == -1) return -1;
  if (IsReached(signo, current)) return 0;
  // Noted first: a signal may arrive at once.
  NoteReplaced(signo, current);
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  if (sigaction(signo, &action, &before) == -1) return -1;
  if (!IsSame(before, current)) NoteReplaced(signo, before);
  return 0;
}

// What was there before comes back, unless somebody else has replaced the handler in the meantime:
// then ours stays below that one, and passes on what comes.
void Restore(int signo) {
  struct sigaction current;
  if (sigaction(signo, nullptr, &current) == 0 && IsOurs(current)) {
    sigaction(signo, &replaced[signo].load()->action, nullptr);
  }
}

// No handler uses its descriptor any more.
void CloseSubscription(Subscription* subscription) {
  const std::lock_guard lock(mutex);
  for (int signo = 1; signo < NSIG; signo++) {
    if (!subscription->watched[signo]) continue;
    if (--watchers[signo] == 0) Restore(signo);
    subscription->watched[signo] = false;
  }
  // Only handlers in other threads: one in this thread has returned, or this would not be running.
  while (subscription->writing != 0) sched_yield();
  subscription->env = nullptr;
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
// where the process has as many subscriptions as there can be.
NewFds SignalOpen(napi_env env, Ints<1> fd) {
  const std::lock_guard lock(mutex);
  static const bool stays = StayLoaded();
  if (!stays) return {Fail(ENOSYS), {}};
  auto* subscription = std::ranges::find(subscriptions, nullptr, &Subscription::env);
  if (subscription == std::end(subscriptions)) return {Fail(ENFILE), {}};
  subscription->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (subscription->fd == -1) return {-1, {}};
  subscription->env = env;
  for (auto& arrived : subscription->arrived) arrived = 0;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, subscription);
  const auto number = static_cast<int>(subscription - subscriptions);
  if (used <= number) used = number + 1;
  fd[0] = subscription->fd;
  return {number, fd.first<1>()};
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
  const int fd = subscription->fd;
  CloseSubscription(subscription);
  return CloseFd(env, fd);
}

}  // namespace

void InitSignals(napi_env env, napi_value exports) {
  Export<SignalOpen>(env, exports, "signalOpen");
  Export<SignalWatch>(env, exports, "signalWatch");
  Export<SignalTake>(env, exports, "signalTake");
  Export<SignalClose>(env, exports, "signalClose");
}
