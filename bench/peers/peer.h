// What every peer in C shares: arguments, the clock, samples, socket pairs, the idle thread.
//
// A peer is a command that takes a workload as `key=value` words and prints one line of JSON: its
// figures, or {"skip": "why"} where it cannot do what is asked. It is compiled with -D_GNU_SOURCE.
#ifndef FD_SELECTORS_BENCH_PEER_H_
#define FD_SELECTORS_BENCH_PEER_H_

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Handlers are passed as constants to functions inlined into the trial: what the compiler makes of
// it is the loop that one would write by hand.
#define INLINE static inline __attribute__((always_inline))
#define UNUSED __attribute__((unused))

static int arg_count;
static char **arg_words;

UNUSED static const char *arg(const char *key, const char *otherwise) {
  const size_t length = strlen(key);
  for (int i = 1; i < arg_count; i++) {
    if (strncmp(arg_words[i], key, length) == 0 && arg_words[i][length] == '=') {
      return arg_words[i] + length + 1;
    }
  }
  return otherwise;
}

UNUSED static int arg_int(const char *key, int otherwise) {
  const char *value = arg(key, NULL);
  return value == NULL ? otherwise : atoi(value);
}

UNUSED static void skip(const char *why) {
  printf("{\"skip\":\"%s\"}\n", why);
  exit(0);
}

static void die(const char *what) {
  printf("{\"error\":\"%s: %s\"}\n", what, strerror(errno));
  exit(1);
}

INLINE double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

UNUSED static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Calls `once`, which returns nanoseconds per operation, while the warm-up lasts and then for `ms`,
// at least three times; prints the median.
UNUSED static void measure(double (*once)(void)) {
  enum { kMost = 1 << 16 };
  static double samples[kMost];
  const double warm = now_ns() + arg_int("warmup", 100) * 1e6;
  do once();
  while (now_ns() < warm);
  const double end = now_ns() + arg_int("ms", 200) * 1e6;
  int count = 0;
  while (count < kMost && (count < 3 || now_ns() < end)) samples[count++] = once();
  qsort(samples, count, sizeof *samples, compare_doubles);
  printf("{\"ns\":%.2f}\n", samples[count / 2]);
}

UNUSED static void *sleep_for_ever(void *nothing) {
  for (;;) pause();
  return nothing;
}

// Makes the process multi-threaded, as Node is: from then on the kernel counts the references to
// each descriptor atomically.
UNUSED static void start_idle_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0) die("pthread_create");
}

static void start_peer(int argc, char **argv) {
  arg_count = argc;
  arg_words = argv;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (arg_int("thread", 0)) start_idle_thread();
}

// The ends that are read, the ends that are written, and which pair a descriptor that is read
// belongs to.
static int *readers, *writers, *pair_of;

// Opens socket pairs whose read ends have the lowest descriptors there are, so that select can name
// as many as possible: descriptors that fill the place are closed one by one.
UNUSED static void open_pairs(int count) {
  int *fillers = malloc(count * sizeof *fillers);
  readers = malloc(count * sizeof *readers);
  writers = malloc(count * sizeof *writers);
  for (int i = 0; i < count; i++) fillers[i] = dup(0);
  int top = 0;
  for (int i = 0; i < count; i++) {
    int pair[2];
    close(fillers[i]);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
      die("socketpair");
    }
    readers[i] = pair[0];
    writers[i] = pair[1];
    if (pair[1] > top) top = pair[1];
  }
  pair_of = malloc((top + 1) * sizeof *pair_of);
  for (int i = 0; i < count; i++) pair_of[readers[i]] = i;
  free(fillers);
}

#endif  // FD_SELECTORS_BENCH_PEER_H_
