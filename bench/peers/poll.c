// The plain loop on poll(2).
#include <poll.h>

#include "loop.h"

static struct pollfd *entries;
static int length, capacity;
static int *entry_of;
static int entry_count;

INLINE void loop_open(void) {}

INLINE short poll_events(unsigned events) {
  return (events & READ ? POLLIN : 0) | (events & WRITE ? POLLOUT : 0);
}

INLINE void loop_add(int fd, unsigned events) {
  if (length == capacity) {
    capacity = capacity ? capacity * 2 : 64;
    entries = realloc(entries, capacity * sizeof *entries);
  }
  if (fd >= entry_count) {
    entry_count = fd * 2 + 64;
    entry_of = realloc(entry_of, entry_count * sizeof *entry_of);
  }
  entry_of[fd] = length;
  entries[length++] = (struct pollfd){.fd = fd, .events = poll_events(events)};
}

INLINE void loop_modify(int fd, unsigned events) {
  entries[entry_of[fd]].events = poll_events(events);
}

INLINE void loop_remove(int fd) {
  const int entry = entry_of[fd];
  entries[entry] = entries[--length];
  entry_of[entries[entry].fd] = entry;
}

INLINE void loop_turn(int wait, void (*ready)(int fd, unsigned events)) {
  int left = poll(entries, length, wait ? -1 : 0);
  for (int i = 0; left > 0 && i < length; i++) {
    const short revents = entries[i].revents;
    if (revents == 0) continue;
    left--;
    ready(entries[i].fd, (revents & ~POLLOUT ? READ : 0) | (revents & ~POLLIN ? WRITE : 0));
  }
}

#include "trials.h"
