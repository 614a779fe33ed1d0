// What can be done with any descriptor: read, write, close, dup, dup2, pipe2, fcntl, ioctl.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "buffers.h"
#include "call.h"

namespace {

ssize_t Read(int fd, Bytes buffer, Length length) { return read(fd, buffer.data(), length); }

ssize_t Write(int fd, Bytes data, Length length) { return write(fd, data.data(), length); }

ssize_t Readv(int fd, Buffers buffers) {
  return readv(fd, buffers.data(), static_cast<int>(buffers.size()));
}

ssize_t Writev(int fd, Buffers data) {
  return writev(fd, data.data(), static_cast<int>(data.size()));
}

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

int Fcntl(int fd, int cmd, int argument) { return fcntl(fd, cmd, argument); }

// The kernel knows the size of the struct that a command writes, the caller may not: no command has
// a larger one.
constexpr size_t kMostStruct = 1 << _IOC_SIZEBITS;

int FcntlBytes(int fd, int cmd, Bytes argument) {
  return argument.size() < kMostStruct ? Invalid() : fcntl(fd, cmd, argument.data());
}

int Ioctl(int fd, Bits request, int argument) {
  return ioctl(fd, static_cast<unsigned long>(request.value), static_cast<long>(argument));
}

int IoctlBytes(int fd, Bits request, Bytes argument) {
  if (argument.size() < kMostStruct) return Invalid();
  return ioctl(fd, static_cast<unsigned long>(request.value), argument.data());
}

// A position in a file, or a number of bytes of it.
struct Offset {
  off_t value;
};

bool ReadArgument(Arguments& in, Offset* out) {
  constexpr double kMost = sizeof(off_t) < 8 ? 0x7fffffff : 0x1fffffffffffff;
  return ReadInteger(in, 0, kMost, &out->value);
}

ssize_t Sendfile(int outfd, int infd, Offset offset, Offset count) {
  return sendfile(outfd, infd, &offset.value, static_cast<size_t>(count.value));
}

// 0: the new position is the one that was asked for, and may be larger than an int.
int Lseek(int fd, Offset offset) { return lseek(fd, offset.value, SEEK_SET) == -1 ? -1 : 0; }

}  // namespace

void InitDescriptor(napi_env env, napi_value exports) {
  Export<Read>(env, exports, "read");
  Export<Write>(env, exports, "write");
  Export<Readv>(env, exports, "readv");
  Export<Writev>(env, exports, "writev");
  Export<Close>(env, exports, "close");
  Export<Dup>(env, exports, "dup");
  Export<Dup2>(env, exports, "dup2");
  Export<Pipe2>(env, exports, "pipe2");
  Export<GetNonblock>(env, exports, "getNonblock");
  Export<SetNonblock>(env, exports, "setNonblock");
  Export<Fcntl>(env, exports, "fcntl");
  Export<FcntlBytes>(env, exports, "fcntlBytes");
  Export<Ioctl>(env, exports, "ioctl");
  Export<IoctlBytes>(env, exports, "ioctlBytes");
  Export<Sendfile>(env, exports, "sendfile");
  Export<Lseek>(env, exports, "lseek");
}
