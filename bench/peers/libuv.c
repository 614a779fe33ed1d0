// libuv's uv_poll: the loop under Node, without Node.
#include <uv.h>

#include "loop.h"

static uv_loop_t *loop;
static uv_poll_t **watchers;
static void (*on_ready)(int fd, unsigned events);

static void on_poll(uv_poll_t *watcher, int status, int events) {
  const int fd = (int)(long)watcher->data;
  on_ready(fd, status < 0 ? READ
                          : (events & UV_READABLE ? READ : 0) | (events & UV_WRITABLE ? WRITE : 0));
}

static void on_close(uv_handle_t *watcher) { free(watcher); }

INLINE void loop_open(void) {
  loop = uv_default_loop();
  watchers = calloc(sysconf(_SC_OPEN_MAX), sizeof *watchers);
}

INLINE void loop_modify(int fd, unsigned events) {
  uv_poll_start(watchers[fd],
                (events & READ ? UV_READABLE : 0) | (events & WRITE ? UV_WRITABLE : 0), on_poll);
}

INLINE void loop_add(int fd, unsigned events) {
  watchers[fd] = malloc(sizeof **watchers);
  uv_poll_init(loop, watchers[fd], fd);
  watchers[fd]->data = (void *)(long)fd;
  loop_modify(fd, events);
}

INLINE void loop_remove(int fd) { uv_close((uv_handle_t *)watchers[fd], on_close); }

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  on_ready = ready;
  uv_run(loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

#include "trials.h"
