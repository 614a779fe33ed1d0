// The descriptors of one environment that its end closes.
#ifndef FD_SELECTORS_OWNED_H_
#define FD_SELECTORS_OWNED_H_

#include <unordered_set>

#include "native.h"

class Owned {
 public:
  // `kept` is false for the main thread: the end of the process closes all that it has.
  explicit Owned(bool kept) : kept_(kept) {}

  void Add(int fd) {
    if (kept_) fds_.insert(fd);
  }
  void Remove(int fd) {
    if (kept_) fds_.erase(fd);
  }
  const std::unordered_set<int>& Fds() const { return fds_; }

 private:
  const bool kept_;
  std::unordered_set<int> fds_;
};

inline Owned* OwnedOf(const Napi::CallbackInfo& info) { return static_cast<Owned*>(info.Data()); }

// A new descriptor, or -errno. It is owned from its birth: a worker can be terminated before its
// JavaScript takes another step.
inline Napi::Value Born(const Napi::CallbackInfo& info, int fd) {
  if (fd != -1) OwnedOf(info)->Add(fd);
  return Result(info, fd);
}

// The same for a call that makes two.
inline Napi::Value BornPair(const Napi::CallbackInfo& info, int returned, const int32_t* fds) {
  if (returned != -1) {
    OwnedOf(info)->Add(fds[0]);
    OwnedOf(info)->Add(fds[1]);
  }
  return Result(info, returned);
}

#endif  // FD_SELECTORS_OWNED_H_
