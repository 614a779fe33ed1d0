// A socket address as it crosses to JavaScript: an Int32Array of 33 words, which is 128 bytes of
// struct sockaddr_storage and then the length of what stands in them, in bytes.
#ifndef FD_SELECTORS_ADDRESS_H_
#define FD_SELECTORS_ADDRESS_H_

#include <sys/socket.h>

#include "native.h"

constexpr socklen_t kAddressBytes = sizeof(sockaddr_storage);
constexpr size_t kAddressWords = kAddressBytes / sizeof(int32_t) + 1;
static_assert(kAddressBytes == 128, "src/socket/sockaddr.ts knows this size");

struct Address {
  sockaddr* name;
  int32_t* length;
};

// Room for an address that the system call will write.
inline bool ToAddressRoom(const Napi::CallbackInfo& info, size_t index, Address* out) {
  int32_t* words;
  size_t length;
  if (!ToInt32Array(info, index, &words, &length) || length < kAddressWords) return false;
  out->name = reinterpret_cast<sockaddr*>(words);
  out->length = words + kAddressWords - 1;
  return true;
}

// An address that the system call will read: its length word says how much of it.
inline bool ToAddress(const Napi::CallbackInfo& info, size_t index, Address* out) {
  return ToAddressRoom(info, index, out) && *out->length >= 0 &&
         *out->length <= static_cast<int32_t>(kAddressBytes);
}

// Stores what the kernel says of an address that it wrote; it names the full length of one that it
// had to cut.
inline void SetLength(const Address& address, socklen_t length) {
  *address.length = static_cast<int32_t>(length < kAddressBytes ? length : kAddressBytes);
}

#endif  // FD_SELECTORS_ADDRESS_H_
