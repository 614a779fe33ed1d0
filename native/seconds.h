// Seconds, as a JavaScript number, and what the kernel takes for them.
#ifndef FD_SELECTORS_SECONDS_H_
#define FD_SELECTORS_SECONDS_H_

#include <algorithm>
#include <cmath>
#include <ctime>

#include "call.h"

// Rounded up to the nanosecond, so that nothing ends before its time; at most `longest` seconds.
inline timespec ToTimespec(double seconds, double longest) {
  seconds = std::min(seconds, longest);
  timespec time;
  time.tv_sec = static_cast<time_t>(seconds);
  time.tv_nsec = static_cast<long>(std::ceil((seconds - static_cast<double>(time.tv_sec)) * 1e9));
  if (time.tv_nsec >= 1'000'000'000) {
    time.tv_sec += 1;
    time.tv_nsec -= 1'000'000'000;
  }
  return time;
}

// How long to wait: negative is forever, and more than 30 years is 30 years.
struct Timeout {
  timespec time;
  bool forever;

  const timespec* get() const { return forever ? nullptr : &time; }
};

inline bool ReadArgument(Arguments& in, Timeout* out) {
  constexpr double kLongest = 1e9;
  double seconds;
  if (napi_get_value_double(in.env, *in.next++, &seconds) != napi_ok || std::isnan(seconds)) {
    return false;
  }
  out->forever = seconds < 0;
  out->time = seconds <= 0 ? timespec{} : ToTimespec(seconds, kLongest);
  return true;
}

// A time from 0 on, of a timer. The latest is the year 2255 or what time_t holds; the kernel itself
// ends in 2262.
struct Seconds {
  timespec time;
};

inline bool ReadArgument(Arguments& in, Seconds* out) {
  constexpr double kLatest = sizeof(time_t) < 8 ? std::numeric_limits<int32_t>::max() - 1.0 : 9e9;
  double seconds;
  if (napi_get_value_double(in.env, *in.next++, &seconds) != napi_ok || !(seconds >= 0)) {
    return false;
  }
  out->time = ToTimespec(seconds, kLatest);
  return true;
}

#endif  // FD_SELECTORS_SECONDS_H_
