// What tells an environment's thread that its loop set is readable: libuv, or a thread where the
// runtime has none. docs/decisions/0018-a-thread-without-libuv.md
#ifndef FD_SELECTORS_NOTIFIER_H_
#define FD_SELECTORS_NOTIFIER_H_

#include <node_api.h>

// Who is told, on the environment's thread.
class Notified {
 public:
  // The set is watched. Only from now on may it have members.
  virtual void OnWatched() = 0;
  // Somebody has closed the set, whose number may be another file's by now. The notifier is of no
  // use any more.
  virtual void OnLost() = 0;
  // It can tell nothing any more, with an errno that says why: the kernel refused to wait.
  virtual void OnFailed(int error) = 0;
  // The set is readable; told again as long as it is. Runs the JavaScript of one watcher at most,
  // so that microtasks come in between, and returns whether to call it again before asking the set.
  virtual bool OnReadable() = 0;
  // The environment ends. The notifier is gone, and tells nothing any more.
  virtual void OnEnd() = 0;

 protected:
  ~Notified() = default;
};

class Notifier {
 public:
  // Whether it keeps the process alive. At first it does not.
  virtual void Hold(bool on) = 0;
  // It tells nothing any more, and frees itself. The set may be closed as soon as this returns.
  virtual void End() = 0;

 protected:
  ~Notifier() = default;
};

// Each begins to watch a set, which is empty. Null with errno where that is refused: ENOSYS where
// the runtime has no loop of libuv, or no threadsafe functions.
Notifier* NotifyByUv(napi_env env, int set, Notified* notified);
Notifier* NotifyByThread(napi_env env, int set, Notified* notified);

#endif  // FD_SELECTORS_NOTIFIER_H_
