// poll(2), through ppoll: nanoseconds instead of milliseconds.
#include <poll.h>

#include "call.h"
#include "seconds.h"

namespace {

static_assert(sizeof(pollfd) == 8 && offsetof(pollfd, events) == 4 &&
                  offsetof(pollfd, revents) == 6,
              "src/select/pollset.ts lays out struct pollfd as it is on every Linux");

int Poll(Structs<pollfd> fds, Length nfds, Timeout timeout) {
  return ppoll(fds.data(), nfds, timeout.get(), nullptr);
}

// One descriptor. The result is its revents, 0 after the timeout.
int PollOne(int fd, int16_t events, Timeout timeout) {
  pollfd one = {.fd = fd, .events = events, .revents = 0};
  return ppoll(&one, 1, timeout.get(), nullptr) == -1 ? -1 : one.revents;
}

}  // namespace

void InitPoll(napi_env env, napi_value exports) {
  Export<Poll>(env, exports, "poll");
  Export<PollOne>(env, exports, "pollOne");
}
