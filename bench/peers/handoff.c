// How far apart two cores are: what it takes to hand a cache line over to the other core and back.
// In a virtual machine the host may move a core to another part of the processor at any time, and
// all that two processes do together takes longer from then on. Prints {"ns":N}.
#include <sched.h>
#include <stdatomic.h>

#include "peer.h"

enum { kTurns = 2000, kRepeats = 5 };

static _Alignas(128) atomic_int line;

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) skip("the cores cannot be chosen");
}

// Answers each odd number with the next even one, until a negative one comes.
static void *answer(void *nothing) {
  pin(arg_int("load", 1));
  for (int seen = 0; seen >= 0; seen = atomic_load(&line)) {
    if (seen % 2 == 1) atomic_store(&line, seen + 1);
  }
  return nothing;
}

static double turns(void) {
  const double start = now_ns();
  int sent = atomic_load(&line);
  for (int i = 0; i < kTurns; i++, sent += 2) {
    atomic_store(&line, sent + 1);
    while (atomic_load(&line) != sent + 2) continue;
  }
  return (now_ns() - start) / kTurns;
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  pin(arg_int("server", 0));
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer, NULL) != 0) die("pthread_create");
  double best = turns();
  for (int i = 1; i < kRepeats; i++) {
    const double ns = turns();
    if (ns < best) best = ns;
  }
  atomic_store(&line, -1);
  pthread_join(thread, NULL);
  printf("{\"ns\":%.1f}\n", best);
  return 0;
}
