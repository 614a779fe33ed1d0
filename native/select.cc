// select(2), through pselect: nanoseconds, and no rewriting of the caller's timeout.
#include <sys/select.h>

#include <bit>

#include "call.h"
#include "seconds.h"

// JavaScript sees a set as 32-bit words; on a big-endian machine the kernel's longs would order
// those words the other way round.
static_assert(std::endian::native == std::endian::little, "fd-selectors needs a little-endian CPU");

namespace {

// At least FD_SETSIZE bits, or null for a set that nobody asks about.
struct Set {
  fd_set* bits = nullptr;
};

inline bool ReadArgument(Arguments& in, Set* out) {
  const napi_value value = *in.next;
  Structs<fd_set> sets;
  if (!ReadArgument(in, &sets)) return IsType(in.env, value, napi_null);
  out->bits = sets.data();
  return !sets.empty();
}

int Select(int nfds, Set readfds, Set writefds, Set exceptfds, Timeout timeout) {
  // The kernel would read past the end of a set for an nfds beyond it.
  if (nfds < 0 || nfds > FD_SETSIZE) return Invalid();
  return pselect(nfds, readfds.bits, writefds.bits, exceptfds.bits, timeout.get(), nullptr);
}

}  // namespace

void InitSelect(napi_env env, napi_value exports) { Export<Select>(env, exports, "select"); }
