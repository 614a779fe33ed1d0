// socket(2) and its family: create, name, connect, send, receive, options.
#include <sys/socket.h>

#include <climits>

#include "address.h"
#include "call.h"

namespace {

NewFds Socketpair(int domain, int type, int protocol, Ints<2> fds) {
  return {socketpair(domain, type, protocol, fds.data()), fds.first<2>()};
}

int Bind(int fd, AddressIn address) { return bind(fd, address.name, address.length); }

int Connect(int fd, AddressIn address) { return connect(fd, address.name, address.length); }

NewFd Accept4(int fd, AddressOut peer, int flags) {
  socklen_t length = kAddressBytes;
  const int conn = accept4(fd, peer.name, &length, flags);
  if (conn != -1) peer.SetLength(length);
  return {conn};
}

ssize_t Send(int fd, Bytes data, int flags, Length length) {
  return send(fd, data.data(), length, flags);
}

ssize_t Sendto(int fd, Bytes data, int flags, AddressIn address) {
  return sendto(fd, data.data(), data.size(), flags, address.name, address.length);
}

ssize_t Recv(int fd, Bytes buffer, int flags, Length length) {
  return recv(fd, buffer.data(), length, flags);
}

ssize_t Recvfrom(int fd, Bytes buffer, int flags, AddressOut sender, Length length) {
  socklen_t written = kAddressBytes;
  const ssize_t received = recvfrom(fd, buffer.data(), length, flags, sender.name, &written);
  if (received != -1) sender.SetLength(written);
  return received;
}

// getsockname(2) and getpeername(2)
template <int (*kCall)(int, sockaddr*, socklen_t*)>
int Getname(int fd, AddressOut address) {
  socklen_t length = kAddressBytes;
  const int returned = kCall(fd, address.name, &length);
  if (returned != -1) address.SetLength(length);
  return returned;
}

// The value is an int for most options, a struct for some.
int Setsockopt(int fd, int level, int optname, Bytes value) {
  if (value.size() > INT_MAX) return Invalid();
  return setsockopt(fd, level, optname, value.data(), static_cast<socklen_t>(value.size()));
}

// Returns how many bytes of the value were written.
int Getsockopt(int fd, int level, int optname, Bytes value) {
  if (value.size() > INT_MAX) return Invalid();
  auto length = static_cast<socklen_t>(value.size());
  const int returned = getsockopt(fd, level, optname, value.data(), &length);
  return returned == -1 ? -1 : static_cast<int>(length);
}

}  // namespace

void InitSocket(napi_env env, napi_value exports) {
  Export<Opens<socket>>(env, exports, "socket");
  Export<Socketpair>(env, exports, "socketpair");
  Export<Bind>(env, exports, "bind");
  Export<listen>(env, exports, "listen");
  Export<Accept4>(env, exports, "accept4");
  Export<Connect>(env, exports, "connect");
  Export<Send>(env, exports, "send");
  Export<Sendto>(env, exports, "sendto");
  Export<Recv>(env, exports, "recv");
  Export<Recvfrom>(env, exports, "recvfrom");
  Export<shutdown>(env, exports, "shutdown");
  Export<Getname<getsockname>>(env, exports, "getsockname");
  Export<Getname<getpeername>>(env, exports, "getpeername");
  Export<Setsockopt>(env, exports, "setsockopt");
  Export<Getsockopt>(env, exports, "getsockopt");
}
