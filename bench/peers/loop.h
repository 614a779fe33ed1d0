// What a loop is to the trials in trials.h, which each loop includes at its end:
//   loop_open()                 before all others
//   loop_add(fd, events)        watches a descriptor
//   loop_modify(fd, events)     watches it for something else
//   loop_remove(fd)             watches it no more
//   loop_turn(wait, ready)      waits once and calls ready(fd, events) for each that is ready
#ifndef FD_SELECTORS_BENCH_LOOP_H_
#define FD_SELECTORS_BENCH_LOOP_H_

#include "peer.h"

#define READ 1u
#define WRITE 2u

#endif  // FD_SELECTORS_BENCH_LOOP_H_
