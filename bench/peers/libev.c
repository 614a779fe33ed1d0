// libev with the backend it chooses, which on Linux is epoll.
#include <ev.h>

#include "loop.h"

static struct ev_loop *loop;
static ev_io *watchers;
static int watcher_count;
static void (*on_ready)(int fd, unsigned events);

static void on_io(struct ev_loop *unused, ev_io *watcher, int revents) {
  (void)unused;
  on_ready(watcher->fd, (revents & EV_READ ? READ : 0) | (revents & EV_WRITE ? WRITE : 0));
}

// libev keeps pointers to its watchers, so they must not move.
INLINE void loop_open(void) {
  loop = ev_default_loop(0);
  watcher_count = (int)sysconf(_SC_OPEN_MAX);
  watchers = calloc(watcher_count, sizeof *watchers);
}

INLINE void loop_add(int fd, unsigned events) {
  ev_io_init(&watchers[fd], on_io, fd,
             (events & READ ? EV_READ : 0) | (events & WRITE ? EV_WRITE : 0));
  ev_io_start(loop, &watchers[fd]);
}

INLINE void loop_remove(int fd) { ev_io_stop(loop, &watchers[fd]); }

INLINE void loop_modify(int fd, unsigned events) {
  loop_remove(fd);
  loop_add(fd, events);
}

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  on_ready = ready;
  ev_run(loop, wait ? EVRUN_ONCE : EVRUN_NOWAIT);
}

#include "trials.h"
