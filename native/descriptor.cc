// What can be done with any descriptor: read, write, close, dup, dup2, pipe2, O_NONBLOCK.
#include <fcntl.h>
#include <unistd.h>

#include "call.h"

namespace {

ssize_t Read(int fd, Bytes buffer, Length length) { return read(fd, buffer.data(), length); }

ssize_t Write(int fd, Bytes data, Length length) { return write(fd, data.data(), length); }

// After EINTR the descriptor is closed all the same: a retry could close another's.
int Close(napi_env env, int fd) {
  Disown(env, fd);
  return close(fd);
}

NewFd Dup(int fd) { return {fcntl(fd, F_DUPFD_CLOEXEC, 0)}; }

// Close-on-exec, unless they are one and the same. Not a NewFd: whose newfd is, the caller knows.
int Dup2(int oldfd, int newfd) {
  return oldfd == newfd ? dup2(oldfd, newfd) : dup3(oldfd, newfd, O_CLOEXEC);
}

// fds[0] reads what fds[1] writes.
NewFds Pipe2(Ints<2> fds, int flags) { return {pipe2(fds.data(), flags), fds.first<2>()}; }

// 1 with O_NONBLOCK, 0 without
int GetNonblock(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags == -1 ? -1 : (flags & O_NONBLOCK) != 0;
}

// Two calls, the flags being shared with whatever else is set there.
int SetNonblock(int fd, int on) {
  const int before = fcntl(fd, F_GETFL);
  if (before == -1) return -1;
  const int after = on != 0 ? before | O_NONBLOCK : before & ~O_NONBLOCK;
  return after == before ? 0 : fcntl(fd, F_SETFL, after);
}

}  // namespace

void InitDescriptor(napi_env env, napi_value exports) {
  Export<Read>(env, exports, "read");
  Export<Write>(env, exports, "write");
  Export<Close>(env, exports, "close");
  Export<Dup>(env, exports, "dup");
  Export<Dup2>(env, exports, "dup2");
  Export<Pipe2>(env, exports, "pipe2");
  Export<GetNonblock>(env, exports, "getNonblock");
  Export<SetNonblock>(env, exports, "setNonblock");
}
