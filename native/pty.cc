// pty(7): a terminal and the side that plays its user.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "call.h"

namespace {

// The terminal by its descriptor where the kernel knows that call (4.13), else by its path, which
// may be another file's in another mount namespace.
int OpenTerminal(int master) {
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  const int terminal = ioctl(master, TIOCGPTPEER, kFlags);
  if (terminal != -1 || (errno != EINVAL && errno != ENOTTY)) return terminal;
  char path[64];
  errno = ptsname_r(master, path, sizeof(path));
  return errno == 0 ? open(path, kFlags) : -1;
}

// As openpty(3), which older C libraries have in another library: fds[0] is the master.
NewFds Openpty(Ints<2> fds) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master == -1) return {-1, {}};
  const int terminal = grantpt(master) == 0 && unlockpt(master) == 0 ? OpenTerminal(master) : -1;
  if (terminal == -1) {
    const int reason = errno;
    close(master);
    errno = reason;
    return {-1, {}};
  }
  fds[0] = master;
  fds[1] = terminal;
  return {0, fds.first<2>()};
}

}  // namespace

void InitPty(napi_env env, napi_value exports) { Export<Openpty>(env, exports, "openpty"); }
