// The epoll set that holds all epoll sets of an environment that are awaited on its loop.
//
// It exists because libuv aborts the process when the kernel refuses a descriptor that uv_poll has
// queued: one too deeply nested, or closed meanwhile. libuv sees only this set, which no other code
// knows; what the kernel refuses to add to it comes back as an errno.
#ifndef FD_SELECTORS_LOOPSET_H_
#define FD_SELECTORS_LOOPSET_H_

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <span>

// How the set reports a member: not at all, as long as it is readable, or whenever that changes.
enum class Reports : uint8_t { kNothing, kLevel, kEdge };

// An epoll descriptor. `id` and `tag` come back with its events; a tag is never used twice.
struct Member {
  uint32_t id;
  uint32_t tag;
  int fd;
  bool added = false;
  Reports reports = Reports::kNothing;
};

class LoopSet {
 public:
  LoopSet() = default;
  LoopSet(const LoopSet&) = delete;
  LoopSet& operator=(const LoopSet&) = delete;
  ~LoopSet();

  // Each returns -1 with errno where the kernel refuses.
  int Open();
  // It was closed by somebody else: its number is not ours to close.
  void Forget() { fd_ = -1; }
  // A member that is refused is no longer in the set.
  int Set(Member* member, Reports reports);
  // Puts another descriptor in the place of the member's; refused, it keeps the one it has.
  int Move(Member* member, int fd);

  void Remove(Member* member);

  // The ready members: as many as fit.
  std::span<epoll_event> Wait(std::span<epoll_event> events) const;

  int fd() const { return fd_; }

  // Whether just one member reports, and that by level: then it is the ready one, and need not be
  // taken out of the set's list by Wait, a system call for each wake-up.
  bool HasOneId(uint32_t* id) const {
    *id = ids_;
    return levels_ == 1 && edges_ == 0;
  }

 private:
  void Note(Member* member, Reports reports);

  int fd_ = -1;
  size_t levels_ = 0;
  size_t edges_ = 0;
  uint32_t ids_ = 0;  // exclusive or of the ids of those that report by level
};

#endif  // FD_SELECTORS_LOOPSET_H_
