// What every native file shares: how arguments are read and how results are returned.
//
// One function is one system call. It takes scalars and typed arrays and returns one integer: the
// result, or -errno. It never throws, never retries, never chooses a default. An argument that the
// typed boundary in src/native.ts does not allow (a wrong type, a short array, a number that is not
// the integer it should be) gives -EINVAL and reaches no system call.
#ifndef FD_SELECTORS_NATIVE_H_
#define FD_SELECTORS_NATIVE_H_

#include <napi.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>

// fd_set is shared with JavaScript as 32-bit words; on a big-endian machine the kernel's longs
// would order those words the other way round.
static_assert(std::endian::native == std::endian::little, "fd-selectors needs a little-endian CPU");

class Owned;

void InitAddress(Napi::Env env, Napi::Object exports);
void InitConstants(Napi::Env env, Napi::Object exports);
void InitDescriptor(Napi::Env env, Napi::Object exports, Owned* owned);
void InitEpoll(Napi::Env env, Napi::Object exports, Owned* owned);
void InitErrno(Napi::Env env, Napi::Object exports);
void InitEventfd(Napi::Env env, Napi::Object exports, Owned* owned);
void InitInotify(Napi::Env env, Napi::Object exports, Owned* owned);
void InitLoop(Napi::Env env, Napi::Object exports);
Owned* InitOwned(Napi::Env env, Napi::Object exports);
void InitPidfd(Napi::Env env, Napi::Object exports, Owned* owned);
void InitPoll(Napi::Env env, Napi::Object exports);
void InitSelect(Napi::Env env, Napi::Object exports);
void InitSignals(Napi::Env env, Napi::Object exports);
void InitSocket(Napi::Env env, Napi::Object exports, Owned* owned);
void InitTimerfd(Napi::Env env, Napi::Object exports, Owned* owned);

// A whole number of at most 53 bits. NaN, fractions and infinities are refused, not rounded: a NaN
// that became descriptor 0 would close somebody's stdin.
inline bool ToInteger(const Napi::CallbackInfo& info, size_t index, double min, double max,
                      double* out) {
  // Compared after the range: to convert what does not fit is undefined. (trunc would be a call.)
  return napi_get_value_double(info.Env(), info[index], out) == napi_ok && *out >= min &&
         *out <= max && static_cast<double>(static_cast<int64_t>(*out)) == *out;
}

inline bool ToInt(const Napi::CallbackInfo& info, size_t index, int* out) {
  double number;
  if (!ToInteger(info, index, std::numeric_limits<int>::min(), std::numeric_limits<int>::max(),
                 &number)) {
    return false;
  }
  *out = static_cast<int>(number);
  return true;
}

// A mask of 32 bits. JavaScript's `|` yields signed numbers, so 0x80000000 may arrive as either
// sign.
inline bool ToBits(const Napi::CallbackInfo& info, size_t index, uint32_t* out) {
  double number;
  if (!ToInteger(info, index, std::numeric_limits<int32_t>::min(),
                 std::numeric_limits<uint32_t>::max(), &number)) {
    return false;
  }
  *out = static_cast<uint32_t>(static_cast<int64_t>(number));
  return true;
}

// A count of bytes or of array entries, at most `limit`.
inline bool ToSize(const Napi::CallbackInfo& info, size_t index, size_t limit, size_t* out) {
  double number;
  if (!ToInteger(info, index, 0, static_cast<double>(limit), &number)) return false;
  *out = static_cast<size_t>(number);
  return true;
}

// The elements of a typed array of exactly this type. They stay valid for this call: JavaScript,
// which alone could detach or shrink the buffer, does not run before it returns.
template <typename T, napi_typedarray_type kType>
bool ToElements(const Napi::CallbackInfo& info, size_t index, T** data, size_t* length) {
  napi_typedarray_type type;
  void* bytes;
  // A value that is no typed array at all is `napi_invalid_arg`: no exception is pending.
  if (napi_get_typedarray_info(info.Env(), info[index], &type, length, &bytes, nullptr, nullptr) !=
          napi_ok ||
      type != kType) {
    return false;
  }
  *data = static_cast<T*>(bytes);
  return true;
}

inline bool ToInt32Array(const Napi::CallbackInfo& info, size_t index, int32_t** data,
                         size_t* length) {
  return ToElements<int32_t, napi_int32_array>(info, index, data, length);
}

inline bool ToBytes(const Napi::CallbackInfo& info, size_t index, uint8_t** data, size_t* length) {
  return ToElements<uint8_t, napi_uint8_array>(info, index, data, length);
}

// The same, as far as a length at another index says: all where that argument is left out.
inline bool ToBytes(const Napi::CallbackInfo& info, size_t index, size_t length_index,
                    uint8_t** data, size_t* length) {
  size_t size;
  if (!ToBytes(info, index, data, &size)) return false;
  *length = size;
  return info.Length() <= length_index || ToSize(info, length_index, size, length);
}

// A struct, or an array of them, that the kernel fills in. The waits take an ArrayBuffer where
// other calls take a typed array: to find out the type of an Int32Array costs 40 ns of their 300.
inline bool ToStructs(const Napi::CallbackInfo& info, size_t index, void** data, size_t* size) {
  return napi_get_arraybuffer_info(info.Env(), info[index], data, size) == napi_ok;
}

// Seconds as a wait takes them. Negative is for ever and leaves *out null. A fraction of a
// nanosecond is rounded up, so that no wait ends before its time, and more than 30 years is 30
// years.
inline bool ToTimeout(const Napi::CallbackInfo& info, size_t index, timespec* storage,
                      timespec** out) {
  constexpr double kLongest = 1e9;
  double seconds;
  if (napi_get_value_double(info.Env(), info[index], &seconds) != napi_ok || std::isnan(seconds)) {
    return false;
  }
  *out = seconds < 0 ? nullptr : storage;
  if (seconds <= 0) {
    *storage = {};
    return true;
  }
  if (seconds > kLongest) seconds = kLongest;
  storage->tv_sec = static_cast<time_t>(seconds);
  storage->tv_nsec =
      static_cast<long>(std::ceil((seconds - static_cast<double>(storage->tv_sec)) * 1e9));
  if (storage->tv_nsec >= 1'000'000'000) {
    storage->tv_sec += 1;
    storage->tv_nsec -= 1'000'000'000;
  }
  return true;
}

// Every result is an int: no call moves more than 2 GB, whatever it is asked to.
inline Napi::Value Int(const Napi::CallbackInfo& info, int64_t value) {
  napi_value result = nullptr;
  napi_create_int32(info.Env(), static_cast<int32_t>(value), &result);
  return Napi::Value(info.Env(), result);
}

inline Napi::Value Invalid(const Napi::CallbackInfo& info) { return Int(info, -EINVAL); }

// The integer that a system call returned, or -errno where that was -1.
inline Napi::Value Result(const Napi::CallbackInfo& info, int64_t returned) {
  return Int(info, returned == -1 ? -errno : returned);
}

// `data` is what the environment's state hangs on, where a family has any: the addon has no
// globals.
template <Napi::Value (*kFunction)(const Napi::CallbackInfo&)>
void Export(Napi::Env env, Napi::Object exports, const char* name, void* data = nullptr) {
  exports.Set(name, Napi::Function::New<kFunction>(env, name, data));
}

#endif  // FD_SELECTORS_NATIVE_H_
