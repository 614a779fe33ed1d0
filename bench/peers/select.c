// The plain loop on select(2).
#include <sys/select.h>

#include "loop.h"

static fd_set reading, writing;
static int top = -1;

INLINE void loop_open(void) {
  FD_ZERO(&reading);
  FD_ZERO(&writing);
}

INLINE void loop_modify(int fd, unsigned events) {
  FD_CLR(fd, &reading);
  FD_CLR(fd, &writing);
  if (events & READ) FD_SET(fd, &reading);
  if (events & WRITE) FD_SET(fd, &writing);
}

INLINE void loop_add(int fd, unsigned events) {
  if (fd >= FD_SETSIZE) skip("select takes descriptors below 1024");
  if (fd > top) top = fd;
  loop_modify(fd, events);
}

INLINE void loop_remove(int fd) {
  FD_CLR(fd, &reading);
  FD_CLR(fd, &writing);
  while (top >= 0 && !FD_ISSET(top, &reading) && !FD_ISSET(top, &writing)) top--;
}

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  fd_set readable = reading, writable = writing;
  struct timeval none = {0, 0};
  int left = select(top + 1, &readable, &writable, NULL, wait ? NULL : &none);
  for (int fd = 0; left > 0; fd++) {
    const int in = FD_ISSET(fd, &readable) != 0, out = FD_ISSET(fd, &writable) != 0;
    if (in + out == 0) continue;
    left -= in + out;
    ready(fd, (in ? READ : 0) | (out ? WRITE : 0));
  }
}

#include "trials.h"
