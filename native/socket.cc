// socket(2) and its family: create, name, connect, send, receive, options.
#include <sys/socket.h>

#include "address.h"
#include "native.h"
#include "owned.h"

namespace {

// socket(domain, type, protocol) -> fd
Napi::Value Socket(const Napi::CallbackInfo& info) {
  int domain, type, protocol;
  if (!ToInt(info, 0, &domain) || !ToInt(info, 1, &type) || !ToInt(info, 2, &protocol)) {
    return Invalid(info);
  }
  return Born(info, socket(domain, type, protocol));
}

// socketpair(domain, type, protocol, fds) -> 0; each of the two is the other's peer
Napi::Value Socketpair(const Napi::CallbackInfo& info) {
  int domain, type, protocol;
  int32_t* fds;
  size_t length;
  if (!ToInt(info, 0, &domain) || !ToInt(info, 1, &type) || !ToInt(info, 2, &protocol) ||
      !ToInt32Array(info, 3, &fds, &length) || length < 2) {
    return Invalid(info);
  }
  return BornPair(info, socketpair(domain, type, protocol, fds), fds);
}

// bind(fd, address) -> 0
Napi::Value Bind(const Napi::CallbackInfo& info) {
  int fd;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToAddress(info, 1, &address)) return Invalid(info);
  return Result(info, bind(fd, address.name, *address.length));
}

// listen(fd, backlog) -> 0
Napi::Value Listen(const Napi::CallbackInfo& info) {
  int fd, backlog;
  if (!ToInt(info, 0, &fd) || !ToInt(info, 1, &backlog)) return Invalid(info);
  return Result(info, listen(fd, backlog));
}

// accept4(fd, address, flags) -> fd of the connection; address becomes the peer's
Napi::Value Accept4(const Napi::CallbackInfo& info) {
  int fd, flags;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToAddressRoom(info, 1, &address) || !ToInt(info, 2, &flags)) {
    return Invalid(info);
  }
  socklen_t length = kAddressBytes;
  const int returned = accept4(fd, address.name, &length, flags);
  if (returned != -1) SetLength(address, length);
  return Born(info, returned);
}

// connect(fd, address) -> 0
Napi::Value Connect(const Napi::CallbackInfo& info) {
  int fd;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToAddress(info, 1, &address)) return Invalid(info);
  return Result(info, connect(fd, address.name, *address.length));
}

// send(fd, buffer, flags, length = all) -> bytes sent
Napi::Value Send(const Napi::CallbackInfo& info) {
  int fd, flags;
  uint8_t* data;
  size_t length;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, 3, &data, &length) || !ToInt(info, 2, &flags)) {
    return Invalid(info);
  }
  return Result(info, send(fd, data, length, flags));
}

// sendto(fd, buffer, flags, address) -> bytes sent
Napi::Value Sendto(const Napi::CallbackInfo& info) {
  int fd, flags;
  uint8_t* data;
  size_t size;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, &data, &size) || !ToInt(info, 2, &flags) ||
      !ToAddress(info, 3, &address)) {
    return Invalid(info);
  }
  return Result(info, sendto(fd, data, size, flags, address.name, *address.length));
}

// recv(fd, buffer, flags, length = all) -> bytes received, 0 at the end of the stream
Napi::Value Recv(const Napi::CallbackInfo& info) {
  int fd, flags;
  uint8_t* data;
  size_t length;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, 3, &data, &length) || !ToInt(info, 2, &flags)) {
    return Invalid(info);
  }
  return Result(info, recv(fd, data, length, flags));
}

// recvfrom(fd, buffer, flags, address, length = all) -> bytes received; address becomes the
// sender's
Napi::Value Recvfrom(const Napi::CallbackInfo& info) {
  int fd, flags;
  uint8_t* data;
  size_t length;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToBytes(info, 1, 4, &data, &length) || !ToInt(info, 2, &flags) ||
      !ToAddressRoom(info, 3, &address)) {
    return Invalid(info);
  }
  socklen_t written = kAddressBytes;
  const ssize_t returned = recvfrom(fd, data, length, flags, address.name, &written);
  if (returned != -1) SetLength(address, written);
  return Result(info, returned);
}

// shutdown(fd, how) -> 0
Napi::Value Shutdown(const Napi::CallbackInfo& info) {
  int fd, how;
  if (!ToInt(info, 0, &fd) || !ToInt(info, 1, &how)) return Invalid(info);
  return Result(info, shutdown(fd, how));
}

// getsockname(fd, address) -> 0 and getpeername(fd, address) -> 0
template <int (*kCall)(int, sockaddr*, socklen_t*)>
Napi::Value Getname(const Napi::CallbackInfo& info) {
  int fd;
  Address address;
  if (!ToInt(info, 0, &fd) || !ToAddressRoom(info, 1, &address)) return Invalid(info);
  socklen_t length = kAddressBytes;
  const int returned = kCall(fd, address.name, &length);
  if (returned != -1) SetLength(address, length);
  return Result(info, returned);
}

// The value of an option, in bytes: an int for most, a struct for some.
bool ToOption(const Napi::CallbackInfo& info, int* fd, int* level, int* optname, uint8_t** value,
              size_t* length) {
  return ToInt(info, 0, fd) && ToInt(info, 1, level) && ToInt(info, 2, optname) &&
         ToBytes(info, 3, value, length) && *length <= std::numeric_limits<int>::max();
}

// setsockopt(fd, level, optname, value) -> 0
Napi::Value Setsockopt(const Napi::CallbackInfo& info) {
  int fd, level, optname;
  uint8_t* value;
  size_t length;
  if (!ToOption(info, &fd, &level, &optname, &value, &length)) return Invalid(info);
  return Result(info, setsockopt(fd, level, optname, value, static_cast<socklen_t>(length)));
}

// getsockopt(fd, level, optname, value) -> bytes written to value
Napi::Value Getsockopt(const Napi::CallbackInfo& info) {
  int fd, level, optname;
  uint8_t* value;
  size_t length;
  if (!ToOption(info, &fd, &level, &optname, &value, &length)) return Invalid(info);
  auto written = static_cast<socklen_t>(length);
  const int returned = getsockopt(fd, level, optname, value, &written);
  return Result(info, returned == -1 ? -1 : static_cast<int64_t>(written));
}

}  // namespace

void InitSocket(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<Socket>(env, exports, "socket", owned);
  Export<Socketpair>(env, exports, "socketpair", owned);
  Export<Bind>(env, exports, "bind");
  Export<Listen>(env, exports, "listen");
  Export<Accept4>(env, exports, "accept4", owned);
  Export<Connect>(env, exports, "connect");
  Export<Send>(env, exports, "send");
  Export<Sendto>(env, exports, "sendto");
  Export<Recv>(env, exports, "recv");
  Export<Recvfrom>(env, exports, "recvfrom");
  Export<Shutdown>(env, exports, "shutdown");
  Export<Getname<getsockname>>(env, exports, "getsockname");
  Export<Getname<getpeername>>(env, exports, "getpeername");
  Export<Setsockopt>(env, exports, "setsockopt");
  Export<Getsockopt>(env, exports, "getsockopt");
}
