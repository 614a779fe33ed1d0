// libevent 2 with the backend it chooses, which on Linux is epoll.
#include <event2/event.h>
#include <event2/event_struct.h>

#include "loop.h"

static struct event_base *base;
static struct event *watchers;
static void (*on_ready)(int fd, unsigned events);

static void on_event(evutil_socket_t fd, short what, void *unused) {
  (void)unused;
  on_ready(fd, (what & EV_READ ? READ : 0) | (what & EV_WRITE ? WRITE : 0));
}

INLINE void loop_open(void) {
  base = event_base_new();
  watchers = calloc(sysconf(_SC_OPEN_MAX), sizeof *watchers);
}

INLINE void loop_add(int fd, unsigned events) {
  event_assign(&watchers[fd], base, fd,
               EV_PERSIST | (events & READ ? EV_READ : 0) | (events & WRITE ? EV_WRITE : 0),
               on_event, NULL);
  event_add(&watchers[fd], NULL);
}

INLINE void loop_remove(int fd) { event_del(&watchers[fd]); }

INLINE void loop_modify(int fd, unsigned events) {
  loop_remove(fd);
  loop_add(fd, events);
}

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  on_ready = ready;
  event_base_loop(base, wait ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

#include "trials.h"
