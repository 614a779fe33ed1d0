// What can be done with any descriptor: read, write, close, dup, dup2, pipe2, O_NONBLOCK.
#include <fcntl.h>
#include <unistd.h>

#include "native.h"
#include "owned.h"

namespace {

// read(fd, buffer, length = all) -> bytes read, 0 at the end of the file
Napi::Value Read(const Napi::CallbackInfo& info) {
  int fd;
  uint8_t* data;
  size_t length;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, 2, &data, &length)) return Invalid(info);
  return Result(info, read(fd, data, length));
}

// write(fd, buffer, length = all) -> bytes written
Napi::Value Write(const Napi::CallbackInfo& info) {
  int fd;
  uint8_t* data;
  size_t length;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, 2, &data, &length)) return Invalid(info);
  return Result(info, write(fd, data, length));
}

// close(fd) -> 0. After EINTR the descriptor is closed all the same: a retry could close another's.
Napi::Value Close(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  OwnedOf(info)->Remove(fd);
  return Result(info, close(fd));
}

// dup(fd) -> a new descriptor, close-on-exec
Napi::Value Dup(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  return Born(info, fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

// dup2(oldfd, newfd) -> newfd, close-on-exec unless they are one and the same
Napi::Value Dup2(const Napi::CallbackInfo& info) {
  int oldfd, newfd;
  if (!ToInt(info, 0, &oldfd) || !ToInt(info, 1, &newfd)) return Invalid(info);
  if (oldfd == newfd) return Result(info, dup2(oldfd, newfd));
  return Result(info, dup3(oldfd, newfd, O_CLOEXEC));
}

// pipe2(fds, flags) -> 0; fds[0] reads what fds[1] writes
Napi::Value Pipe2(const Napi::CallbackInfo& info) {
  int32_t* fds;
  size_t length;
  int flags;
  if (!ToInt32Array(info, 0, &fds, &length) || length < 2 || !ToInt(info, 1, &flags)) {
    return Invalid(info);
  }
  return BornPair(info, pipe2(fds, flags), fds);
}

// getNonblock(fd) -> 1 with O_NONBLOCK, 0 without
Napi::Value GetNonblock(const Napi::CallbackInfo& info) {
  int fd;
  if (!ToInt(info, 0, &fd)) return Invalid(info);
  const int flags = fcntl(fd, F_GETFL);
  return Result(info, flags == -1 ? -1 : (flags & O_NONBLOCK) != 0);
}

// setNonblock(fd, on) -> 0. Two calls, the flags being shared with whatever else is set there.
Napi::Value SetNonblock(const Napi::CallbackInfo& info) {
  int fd, on;
  if (!ToInt(info, 0, &fd) || !ToInt(info, 1, &on)) return Invalid(info);
  const int before = fcntl(fd, F_GETFL);
  if (before == -1) return Result(info, -1);
  const int after = on != 0 ? before | O_NONBLOCK : before & ~O_NONBLOCK;
  return Result(info, after == before ? 0 : fcntl(fd, F_SETFL, after));
}

}  // namespace

void InitDescriptor(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<Read>(env, exports, "read");
  Export<Write>(env, exports, "write");
  Export<Close>(env, exports, "close", owned);
  Export<Dup>(env, exports, "dup", owned);
  Export<Dup2>(env, exports, "dup2");
  Export<Pipe2>(env, exports, "pipe2", owned);
  Export<GetNonblock>(env, exports, "getNonblock");
  Export<SetNonblock>(env, exports, "setNonblock");
}
