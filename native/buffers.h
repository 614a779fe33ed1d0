// Several buffers for one call: the struct iovec of readv(2), writev(2), sendmsg(2), recvmsg(2).
#ifndef FD_SELECTORS_BUFFERS_H_
#define FD_SELECTORS_BUFFERS_H_

#include <limits.h>
#include <sys/uio.h>

#include <vector>

#include "call.h"

// An Array of Uint8Arrays.
struct Buffers : std::vector<iovec> {};

// One more than the kernel takes: it then refuses the call with the errno that the call has for it.
constexpr uint32_t kMostBuffers = IOV_MAX + 1;

inline bool ReadArgument(Arguments& in, Buffers* out) {
  const napi_value array = *in.next++;
  bool is_array = false;
  uint32_t length = 0;
  if (napi_is_array(in.env, array, &is_array) != napi_ok || !is_array ||
      napi_get_array_length(in.env, array, &length) != napi_ok) {
    return false;
  }
  std::vector<napi_value> values(std::min(length, kMostBuffers));
  // A getter may run here, and may throw: all elements are got before the first is looked into.
  for (uint32_t i = 0; i < values.size(); i++) {
    if (napi_get_element(in.env, array, i, &values[i]) == napi_ok) continue;
    napi_value exception;
    napi_get_and_clear_last_exception(in.env, &exception);
    return false;
  }
  Arguments elements = in;
  elements.next = values.data();
  out->reserve(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    Bytes bytes;
    if (!ReadArgument(elements, &bytes)) return false;
    out->push_back({.iov_base = bytes.data(), .iov_len = bytes.size()});
  }
  return true;
}

#endif  // FD_SELECTORS_BUFFERS_H_
