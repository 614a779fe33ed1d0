// pidfd_open(2), pidfd_send_signal(2), and waitid(2) on a pidfd.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"
#include "owned.h"

// Newer than the headers of some systems; the same numbers on every architecture.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace {

constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD

// pidfdOpen(pid, flags) -> pidfd, close-on-exec
Napi::Value PidfdOpen(const Napi::CallbackInfo& info) {
  int pid, flags;
  if (!ToInt(info, 0, &pid) || !ToInt(info, 1, &flags)) return Invalid(info);
  return Born(info, static_cast<int>(syscall(SYS_pidfd_open, pid, flags)));
}

// pidfdSendSignal(pidfd, signo) -> 0
Napi::Value PidfdSendSignal(const Napi::CallbackInfo& info) {
  int pidfd, signo;
  if (!ToInt(info, 0, &pidfd) || !ToInt(info, 1, &signo)) return Invalid(info);
  return Result(info, syscall(SYS_pidfd_send_signal, pidfd, signo, nullptr, 0));
}

// waitid(pidfd, options, status) -> 0; status is [si_pid, si_code, si_status], all of them 0 where
// WNOHANG found the process running.
Napi::Value Waitid(const Napi::CallbackInfo& info) {
  int pidfd, options;
  int32_t* status;
  size_t length;
  if (!ToInt(info, 0, &pidfd) || !ToInt(info, 1, &options) ||
      !ToInt32Array(info, 2, &status, &length) || length < 3 || pidfd < 0) {
    return Invalid(info);
  }
  siginfo_t found = {};
  const int returned = waitid(kPidfd, static_cast<id_t>(pidfd), &found, options);
  status[0] = found.si_pid;
  status[1] = found.si_code;
  status[2] = found.si_status;
  return Result(info, returned);
}

}  // namespace

void InitPidfd(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<PidfdOpen>(env, exports, "pidfdOpen", owned);
  Export<PidfdSendSignal>(env, exports, "pidfdSendSignal");
  Export<Waitid>(env, exports, "waitid");
}
