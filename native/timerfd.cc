// timerfd_create(2): a timer that is a descriptor; read(2) in descriptor.cc takes its expirations.
#include <sys/timerfd.h>

#include "call.h"
#include "seconds.h"

namespace {

// The year 2255, or what time_t holds; the kernel itself ends in 2262.
constexpr double kLatest = sizeof(time_t) < 8 ? INT32_MAX - 1.0 : 9e9;

// Both in seconds, from 0.
int TimerfdSettime(int fd, int flags, double value, double interval) {
  if (!(value >= 0) || !(interval >= 0)) return Invalid();
  const itimerspec time = {.it_interval = ToTimespec(interval, kLatest),
                           .it_value = ToTimespec(value, kLatest)};
  return timerfd_settime(fd, flags, &time, nullptr);
}

double ToSeconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// time[0] becomes what is left, time[1] the interval.
int TimerfdGettime(int fd, Doubles<2> time) {
  itimerspec now;
  if (timerfd_gettime(fd, &now) == -1) return -1;
  time[0] = ToSeconds(now.it_value);
  time[1] = ToSeconds(now.it_interval);
  return 0;
}

}  // namespace

void InitTimerfd(napi_env env, napi_value exports) {
  Export<Opens<timerfd_create>>(env, exports, "timerfdCreate");
  Export<TimerfdSettime>(env, exports, "timerfdSettime");
  Export<TimerfdGettime>(env, exports, "timerfdGettime");
}
