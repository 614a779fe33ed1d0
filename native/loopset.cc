// An epoll set of epoll sets: epoll_ctl(2), and what is known of each member.
#include "loopset.h"

#include <unistd.h>

#include <cerrno>

namespace {

int Control(int set, int op, const Member& member, int fd, Reports reports) {
  epoll_event event = {};
  event.events = reports == Reports::kNothing ? 0
                 : reports == Reports::kLevel ? EPOLLIN
                                              : EPOLLIN | EPOLLET;
  event.data.u64 = static_cast<uint64_t>(member.tag) << 32 | member.id;
  return epoll_ctl(set, op, fd, &event);
}

}  // namespace

LoopSet::~LoopSet() {
  if (fd_ != -1) close(fd_);
}

int LoopSet::Open() {
  fd_ = epoll_create1(EPOLL_CLOEXEC);
  return fd_;
}

void LoopSet::Note(Member* member, Reports reports) {
  if ((member->reports == Reports::kLevel) != (reports == Reports::kLevel)) ids_ ^= member->id;
  const auto count = [&](Reports which, size_t* counter) {
    *counter -= member->reports == which;
    *counter += reports == which;
  };
  count(Reports::kLevel, &levels_);
  count(Reports::kEdge, &edges_);
  member->reports = reports;
}

int LoopSet::Set(Member* member, Reports reports) {
  if (member->added && member->reports == reports) return 0;
  const int op = member->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  int returned = Control(fd_, op, *member, member->fd, reports);
  // Closed behind our back, and the number given to another file: what that is, the kernel says.
  if (returned == -1 && op == EPOLL_CTL_MOD && errno == ENOENT) {
    returned = Control(fd_, EPOLL_CTL_ADD, *member, member->fd, reports);
  }
  member->added = returned != -1;
  Note(member, member->added ? reports : Reports::kNothing);
  return returned;
}

int LoopSet::Move(Member* member, int fd) {
  if (member->added) {
    if (Control(fd_, EPOLL_CTL_ADD, *member, fd, member->reports) == -1) return -1;
    epoll_ctl(fd_, EPOLL_CTL_DEL, member->fd, nullptr);
  }
  member->fd = fd;
  return 0;
}

void LoopSet::Remove(Member* member) {
  if (member->added) epoll_ctl(fd_, EPOLL_CTL_DEL, member->fd, nullptr);
  member->added = false;
  Note(member, Reports::kNothing);
}

std::span<epoll_event> LoopSet::Wait(std::span<epoll_event> events) const {
  const int count = epoll_wait(fd_, events.data(), static_cast<int>(events.size()), 0);
  return events.first(count > 0 ? static_cast<size_t>(count) : 0);
}
