// A socket address as it crosses to JavaScript: an Int32Array of 33 words, which is 128 bytes of
// struct sockaddr_storage and then the length of what stands in them, in bytes.
#pragma once

#include <sys/socket.h>

#include "call.h"

constexpr socklen_t kAddressBytes = sizeof(sockaddr_storage);
constexpr size_t kAddressWords = kAddressBytes / sizeof(int32_t) + 1;
static_assert(kAddressBytes == 128, "src/socket/sockaddr.ts knows this size");

// Room for an address that the system call will write.
struct AddressOut {
  sockaddr* name;
  int32_t* length;

  // Stores what the kernel says of an address that it wrote; it names the full length of one that
  // it had to cut.
  void SetLength(socklen_t written) const {
    *length = static_cast<int32_t>(std::min(written, kAddressBytes));
  }
};

inline bool ReadArgument(Arguments& in, AddressOut* out) {
  Ints<kAddressWords> words;
  if (!ReadArgument(in, &words)) return false;
  *out = {reinterpret_cast<sockaddr*>(words.data()), &words[kAddressWords - 1]};
  return true;
}

// An address that the system call will read: its length word says how much of it.
struct AddressIn {
  const sockaddr* name;
  socklen_t length;
};

inline bool ReadArgument(Arguments& in, AddressIn* out) {
  AddressOut address;
  if (!ReadArgument(in, &address) || *address.length < 0 ||
      *address.length > static_cast<int32_t>(kAddressBytes)) {
    return false;
  }
  *out = {address.name, static_cast<socklen_t>(*address.length)};
  return true;
}
