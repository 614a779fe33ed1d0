// timerfd_create(2): a timer that is a descriptor; read(2) in descriptor.cc takes its expirations.
#include <sys/timerfd.h>

#include "native.h"
#include "owned.h"

namespace {

// Seconds of a timer, from 0. Rounded up to the nanosecond: no timer expires early. The latest time
// is the year 2255 or what time_t holds; the kernel itself ends in 2262.
bool ToTimespec(const Napi::CallbackInfo& info, size_t index, timespec* out) {
  constexpr double kLatest = sizeof(time_t) < 8 ? std::numeric_limits<int32_t>::max() - 1.0 : 9e9;
  double seconds;
  if (napi_get_value_double(info.Env(), info[index], &seconds) != napi_ok || !(seconds >= 0)) {
    return false;
  }
  if (seconds > kLatest) seconds = kLatest;
  const double whole = std::floor(seconds);
  out->tv_sec = static_cast<time_t>(whole);
  out->tv_nsec = static_cast<long>(std::ceil((seconds - whole) * 1e9));
  if (out->tv_nsec >= 1'000'000'000) {
    out->tv_sec += 1;
    out->tv_nsec -= 1'000'000'000;
  }
  return true;
}

double Seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// timerfdCreate(clockid, flags) -> fd
Napi::Value TimerfdCreate(const Napi::CallbackInfo& info) {
  int clockid, flags;
  if (!ToInt(info, 0, &clockid) || !ToInt(info, 1, &flags)) return Invalid(info);
  return Born(info, timerfd_create(clockid, flags));
}

// timerfdSettime(fd, flags, value, interval) -> 0; both in seconds
Napi::Value TimerfdSettime(const Napi::CallbackInfo& info) {
  int fd, flags;
  itimerspec time;
  if (!ToInt(info, 0, &fd) || !ToInt(info, 1, &flags) || !ToTimespec(info, 2, &time.it_value) ||
      !ToTimespec(info, 3, &time.it_interval)) {
    return Invalid(info);
  }
  return Result(info, timerfd_settime(fd, flags, &time, nullptr));
}

// timerfdGettime(fd, time) -> 0; time[0] is what is left, time[1] the interval, in seconds
Napi::Value TimerfdGettime(const Napi::CallbackInfo& info) {
  int fd;
  double* out;
  size_t length;
  if (!ToInt(info, 0, &fd) || !ToElements<double, napi_float64_array>(info, 1, &out, &length) ||
      length < 2) {
    return Invalid(info);
  }
  itimerspec time;
  const int returned = timerfd_gettime(fd, &time);
  if (returned == 0) {
    out[0] = Seconds(time.it_value);
    out[1] = Seconds(time.it_interval);
  }
  return Result(info, returned);
}

}  // namespace

void InitTimerfd(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<TimerfdCreate>(env, exports, "timerfdCreate", owned);
  Export<TimerfdSettime>(env, exports, "timerfdSettime");
  Export<TimerfdGettime>(env, exports, "timerfdGettime");
}
