// Seconds, as a JavaScript number, and what the kernel takes for them.
#pragma once

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

  bool IsForever() const { return time.tv_sec < 0; }
  bool IsZero() const { return time.tv_sec == 0 && time.tv_nsec == 0; }
  const timespec* get() const { return IsForever() ? nullptr : &time; }
};

inline bool ReadArgument(Arguments& in, Timeout* out) {
  constexpr double kLongest = 1e9;
  double seconds;
  if (!ReadArgument(in, &seconds) || std::isnan(seconds)) return false;
  out->time = seconds > 0 ? ToTimespec(seconds, kLongest) : timespec{seconds < 0 ? -1 : 0, 0};
  return true;
}
