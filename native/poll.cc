// poll(2), through ppoll: nanoseconds instead of milliseconds.
#include <poll.h>

#include "native.h"

namespace {

static_assert(sizeof(pollfd) == 8 && offsetof(pollfd, events) == 4 &&
                  offsetof(pollfd, revents) == 6,
              "src/select/pollset.ts lays out struct pollfd as it is on every Linux");

// poll(fds, nfds, seconds) -> number of entries with revents
Napi::Value Poll(const Napi::CallbackInfo& info) {
  void* fds;
  size_t size, nfds;
  timespec storage, *timeout;
  if (!ToStructs(info, 0, &fds, &size) || !ToSize(info, 1, size / sizeof(pollfd), &nfds) ||
      !ToTimeout(info, 2, &storage, &timeout)) {
    return Invalid(info);
  }
  return Result(info, ppoll(static_cast<pollfd*>(fds), nfds, timeout, nullptr));
}

}  // namespace

void InitPoll(Napi::Env env, Napi::Object exports) { Export<Poll>(env, exports, "poll"); }
