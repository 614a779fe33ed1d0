// sendmsg(2) and recvmsg(2): several buffers, and control messages beside the data.
#include <sys/socket.h>

#include "address.h"
#include "buffers.h"
#include "call.h"
#include "object.h"

// Newer than the headers of some systems.
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

namespace {

// Control messages as the kernel lays them out: struct cmsghdr and data, each aligned.
ssize_t Sendmsg(int fd, Buffers data, Bytes control, int flags, std::optional<AddressIn> address) {
  msghdr message = {};
  message.msg_iov = data.data();
  message.msg_iovlen = data.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  if (address) {
    message.msg_name = const_cast<sockaddr*>(address->name);
    message.msg_namelen = address->length;
  }
  return sendmsg(fd, &message, flags);
}

// Owns the descriptors that came: they are open, whether or not JavaScript takes another step.
// Those that found no room the kernel has closed.
void OwnReceived(napi_env env, std::span<const uint8_t> control) {
  cmsghdr header;
  while (control.size() >= sizeof(header)) {
    memcpy(&header, control.data(), sizeof(header));
    if (header.cmsg_len < sizeof(header)) return;
    const size_t size = std::min<size_t>(header.cmsg_len, control.size());
    const bool descriptors = header.cmsg_level == SOL_SOCKET &&
                             (header.cmsg_type == SCM_RIGHTS || header.cmsg_type == SCM_PIDFD);
    for (size_t at = CMSG_LEN(0); descriptors && at + sizeof(int) <= size; at += sizeof(int)) {
      int fd;
      memcpy(&fd, control.data() + at, sizeof(fd));
      if (fd >= 0) Track(env, fd);
    }
    control = control.subspan(std::min(CMSG_ALIGN(size), control.size()));
  }
}

// result[0] becomes the length of the control messages, result[1] the flags of the message.
ssize_t Recvmsg(napi_env env, int fd, Buffers buffers, Bytes control, int flags, AddressOut sender,
                Ints<2> result) {
  msghdr message = {};
  message.msg_iov = buffers.data();
  message.msg_iovlen = buffers.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  message.msg_name = sender.name;
  message.msg_namelen = kAddressBytes;
  const ssize_t received = recvmsg(fd, &message, flags);
  if (received == -1) return -1;
  OwnReceived(env, std::span<const uint8_t>(control).first(message.msg_controllen));
  sender.SetLength(message.msg_namelen);
  result[0] = static_cast<int32_t>(message.msg_controllen);
  result[1] = message.msg_flags;
  return received;
}

// cmsg_len is as wide as a pointer: JavaScript asks instead of knowing.
void ExportLayout(Napi::Env env, Napi::Object exports) {
  const auto layout = NewObject(env);
  const auto set = [&](const char* field, size_t bytes) {
    Set(layout, field, NewNumber(env, static_cast<double>(bytes)));
  };
  set("level", offsetof(cmsghdr, cmsg_level));
  set("type", offsetof(cmsghdr, cmsg_type));
  set("data", CMSG_LEN(0));
  set("align", CMSG_ALIGN(1));
  Set(exports, "cmsghdr", layout);
}

}  // namespace

void InitMessage(napi_env env, napi_value exports) {
  Export<Sendmsg>(env, exports, "sendmsg");
  Export<Recvmsg>(env, exports, "recvmsg");
  ExportLayout(env, {env, exports});
}
