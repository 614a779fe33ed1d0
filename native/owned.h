// Who closes a descriptor when a worker ends: the one seam between calls that make, replace or
// close descriptors and the table of their owners.
//
// call.h owns what a function returns as NewFd or NewFds. All else is called by what needs it.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <mutex>

// `fd` is open, and the end of `env` closes it: nobody else's end does any more.
// Returns 0, as Untrack does: JavaScript calls them, too.
int Track(napi_env env, int fd);

// `env` gives `fd` away. Does nothing for one that another environment has taken meanwhile.
int Untrack(napi_env env, int fd);

// close(2), in any thread, also of a descriptor that another environment owns.
int CloseFd(napi_env env, int fd);

// While one lives, another file takes the place of `fd`, as dup2(2) does. The number keeps its
// owner, whose objects know it.
class Replacement {
 public:
  explicit Replacement(int fd);
  ~Replacement();
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

 private:
  const std::lock_guard<std::mutex> lock_;
  const int fd_;
  uint32_t owner_;
};
