// pidfd_open(2), pidfd_send_signal(2), and waitid(2) on a pidfd.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"

// Newer than the headers of some systems; the same numbers on every architecture.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace {

// Close-on-exec.
NewFd PidfdOpen(int pid, int flags) {
  return {static_cast<int>(syscall(SYS_pidfd_open, pid, flags))};
}

long PidfdSendSignal(int pidfd, int signo) {
  return syscall(SYS_pidfd_send_signal, pidfd, signo, nullptr, 0);
}

// status becomes [si_pid, si_code, si_status], all 0 where WNOHANG found the process running.
int Waitid(int pidfd, int options, Ints<3> status) {
  if (pidfd < 0) return Invalid();
  siginfo_t found = {};
  const int returned =
      waitid(static_cast<idtype_t>(3 /* P_PIDFD */), static_cast<id_t>(pidfd), &found, options);
  status[0] = found.si_pid;
  status[1] = found.si_code;
  status[2] = found.si_status;
  return returned;
}

}  // namespace

void InitPidfd(napi_env env, napi_value exports) {
  Export<PidfdOpen>(env, exports, "pidfdOpen");
  Export<PidfdSendSignal>(env, exports, "pidfdSendSignal");
  Export<Waitid>(env, exports, "waitid");
}
