// select(2), through pselect: nanoseconds, and no rewriting of the caller's timeout.
#include <sys/select.h>

#include "native.h"

namespace {

// A set is an ArrayBuffer of at least FD_SETSIZE bits, or null for a set that nobody asks about.
bool ToSet(const Napi::CallbackInfo& info, size_t index, fd_set** out) {
  void* bits;
  size_t size;
  if (ToStructs(info, index, &bits, &size)) {
    *out = static_cast<fd_set*>(bits);
    return size >= sizeof(fd_set);
  }
  *out = nullptr;
  return info[index].IsNull();
}

// select(nfds, readfds, writefds, exceptfds, seconds) -> number of bits left set
Napi::Value Select(const Napi::CallbackInfo& info) {
  int nfds;
  fd_set *readfds, *writefds, *exceptfds;
  timespec storage, *timeout;
  // The kernel would read past the end of a set for an nfds beyond it.
  if (!ToInt(info, 0, &nfds) || nfds < 0 || nfds > FD_SETSIZE || !ToSet(info, 1, &readfds) ||
      !ToSet(info, 2, &writefds) || !ToSet(info, 3, &exceptfds) ||
      !ToTimeout(info, 4, &storage, &timeout)) {
    return Invalid(info);
  }
  return Result(info, pselect(nfds, readfds, writefds, exceptfds, timeout, nullptr));
}

}  // namespace

void InitSelect(Napi::Env env, Napi::Object exports) { Export<Select>(env, exports, "select"); }
