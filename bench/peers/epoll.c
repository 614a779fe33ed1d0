// The plain loop on epoll(7).
#include <sys/epoll.h>

#include "loop.h"

static int epfd;
static struct epoll_event events_ready[8192];

INLINE void loop_open(void) { epfd = epoll_create1(EPOLL_CLOEXEC); }

INLINE void loop_ctl(int op, int fd, unsigned events) {
  struct epoll_event event = {
      .events = (events & READ ? EPOLLIN : 0) | (events & WRITE ? EPOLLOUT : 0), .data.fd = fd};
  if (epoll_ctl(epfd, op, fd, &event) != 0) die("epoll_ctl");
}

INLINE void loop_add(int fd, unsigned events) { loop_ctl(EPOLL_CTL_ADD, fd, events); }
INLINE void loop_modify(int fd, unsigned events) { loop_ctl(EPOLL_CTL_MOD, fd, events); }
INLINE void loop_remove(int fd) { loop_ctl(EPOLL_CTL_DEL, fd, 0); }

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  const int count = epoll_wait(epfd, events_ready, 8192, wait ? -1 : 0);
  for (int i = 0; i < count; i++) {
    const unsigned events = events_ready[i].events;
    ready(events_ready[i].data.fd,
          (events & ~EPOLLOUT ? READ : 0) | (events & ~EPOLLIN ? WRITE : 0));
  }
}

#include "trials.h"
