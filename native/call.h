// How a C++ function becomes a JavaScript function.
//
// A native function is written as the system call is: typed parameters in, an integer out, -1 with
// errno set where it failed. Export<Bind>(env, exports, "bind") reads each argument by the type of
// its parameter and returns the integer, or -errno. An argument that the typed boundary in
// src/native.ts does not allow gives -EINVAL and reaches no system call.
//
//   parameter          argument
//   int, uint32_t, ..  a whole number that the type holds
//   double             any number, NaN too
//   Bits               a mask of 32 bits, of either sign
//   Bytes              any view: a Buffer, a typed array, a DataView
//   Ints<n>            an Int32Array of at least n elements; Doubles<n>: a Float64Array
//   Structs<T>         an ArrayBuffer, as an array of T
//   Length             how much of the Bytes or Structs before it; all where it is left out
//   Text<n>            a string shorter than n bytes, without NUL
//   Function           a function
//   std::optional<T>   null, or what T takes
//   napi_env           none: the environment that calls
//
//   result             what happens with it
//   an integer         returned; -1 becomes -errno
//   NewFd, NewFds      the same, and the new descriptors are owned by the environment: see owned.h
//
// A family adds types of its own with a ReadArgument beside them: AddressIn, Timeout, Watcher*.
#pragma once

#include <node_api.h>

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

#include "owned.h"

// The arguments of one call that are not read yet, and what is known of those that are.
struct Arguments {
  napi_env env;
  const napi_value* next;  // undefined, from `end` on
  const napi_value* end;
  void* state;    // what Export was given
  size_t length;  // of the last Bytes or Structs
};

inline bool ReadArgument(Arguments& in, double* out) {
  return napi_get_value_double(in.env, *in.next++, out) == napi_ok;
}

// NaN, fractions and infinities are refused, not rounded: a NaN that became descriptor 0 would
// close somebody's stdin.
template <typename T>
bool ReadInteger(Arguments& in, double min, double max, T* out) {
  double number;
  // Compared after the range: to convert what does not fit is undefined. (trunc would be a call.)
  if (!ReadArgument(in, &number) || !(number >= min) || number > max ||
      static_cast<double>(static_cast<int64_t>(number)) != number) {
    return false;
  }
  *out = static_cast<T>(static_cast<int64_t>(number));
  return true;
}

template <std::integral T>
  requires(sizeof(T) <= sizeof(int32_t)) bool
ReadArgument(Arguments& in, T* out) {
  return ReadInteger(in, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), out);
}

// JavaScript's `|` yields signed numbers: 0x80000000 arrives as either sign.
struct Bits {
  uint32_t value;
  operator uint32_t() const { return value; }
};

inline bool ReadArgument(Arguments& in, Bits* out) {
  return ReadInteger(in, std::numeric_limits<int32_t>::min(), std::numeric_limits<uint32_t>::max(),
                     &out->value);
}

// Memory stays valid for the call: JavaScript, which alone could detach or shrink it, does not run
// before the call returns.
template <typename T, napi_typedarray_type kType, size_t kLeast>
struct Elements : std::span<T> {};
template <size_t kLeast = 0>
using Ints = Elements<int32_t, napi_int32_array, kLeast>;
template <size_t kLeast = 0>
using Doubles = Elements<double, napi_float64_array, kLeast>;

template <typename T, napi_typedarray_type kType, size_t kLeast>
bool ReadArgument(Arguments& in, Elements<T, kType, kLeast>* out) {
  napi_typedarray_type type = {};
  void* data;
  size_t length;
  // A value that is not a typed array is `napi_invalid_arg`: no exception is pending.
  if (napi_get_typedarray_info(in.env, *in.next++, &type, &length, &data, nullptr, nullptr) !=
          napi_ok ||
      type != kType || length < kLeast) {
    return false;
  }
  *out = {{static_cast<T*>(data), length}};
  return true;
}

// The bytes of any view: see docs/decisions/0014-views.md.
struct Bytes : std::span<uint8_t> {};

inline bool ReadArgument(Arguments& in, Bytes* out) {
  constexpr size_t kSizes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2};  // by napi_typedarray_type
  const napi_value value = *in.next++;
  // What a runtime has no number for it leaves alone.
  auto type = static_cast<napi_typedarray_type>(std::size(kSizes));
  void* data;
  size_t length;
  if (napi_get_typedarray_info(in.env, value, &type, &length, &data, nullptr, nullptr) == napi_ok) {
    if (type >= std::size(kSizes)) return false;
    length *= kSizes[type];
  } else if (napi_get_dataview_info(in.env, value, &length, &data, nullptr, nullptr) != napi_ok) {
    return false;
  }
  in.length = length;
  *out = {{static_cast<uint8_t*>(data), length}};
  return true;
}

// What the kernel reads and writes. The waits take an ArrayBuffer where other calls take a typed
// array: to find out the type of an Int32Array costs 40 ns of their 300.
template <typename T>
struct Structs : std::span<T> {};

template <typename T>
bool ReadArgument(Arguments& in, Structs<T>* out) {
  void* data;
  size_t size;
  if (napi_get_arraybuffer_info(in.env, *in.next++, &data, &size) != napi_ok) return false;
  in.length = size / sizeof(T);
  *out = {{static_cast<T*>(data), in.length}};
  return true;
}

// Never more than the Bytes or Structs hold that stand before it.
struct Length {
  size_t value;
  operator size_t() const { return value; }
};

inline bool ReadArgument(Arguments& in, Length* out) {
  if (in.next < in.end) return ReadInteger(in, 0, static_cast<double>(in.length), &out->value);
  out->value = in.length;
  return true;
}

template <size_t kSize>
struct Text {
  char chars[kSize];
  Text() {}  // leaves them as they are
};

template <size_t kSize>
bool ReadArgument(Arguments& in, Text<kSize>* out) {
  const napi_value value = *in.next++;
  size_t length;
  // Asked first: what does not fit would be cut.
  return napi_get_value_string_utf8(in.env, value, nullptr, 0, &length) == napi_ok &&
         length < kSize &&
         napi_get_value_string_utf8(in.env, value, out->chars, kSize, &length) == napi_ok &&
         memchr(out->chars, '\0', length) == nullptr;
}

inline bool IsType(napi_env env, napi_value value, napi_valuetype wanted) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == wanted;
}

struct Function {
  napi_value value;
};

inline bool ReadArgument(Arguments& in, Function* out) {
  out->value = *in.next++;
  return IsType(in.env, out->value, napi_function);
}

template <typename T>
bool ReadArgument(Arguments& in, std::optional<T>* out) {
  if (!IsType(in.env, *in.next, napi_null)) return ReadArgument(in, &out->emplace());
  return in.next++, true;
}

inline bool ReadArgument(Arguments& in, napi_env* out) {
  *out = in.env;
  return true;
}

// For what the function itself refuses.
inline int Fail(int error) {
  errno = error;
  return -1;
}
inline int Invalid() { return Fail(EINVAL); }

// A new descriptor, or -1. It is owned from its birth: a worker can be terminated before its
// JavaScript takes another step.
struct NewFd {
  int fd;
};

// An integer that is not a descriptor, and the new descriptors that came with it.
struct NewFds {
  int64_t returned;
  std::span<const int> fds;
};

inline int64_t ToResult(napi_env, int64_t returned) { return returned == -1 ? -errno : returned; }

inline int64_t ToResult(napi_env env, NewFds made) {
  if (made.returned != -1) {
    for (int fd : made.fds) Track(env, fd);
  }
  return ToResult(env, made.returned);
}

inline int64_t ToResult(napi_env env, NewFd made) {
  return ToResult(env, NewFds{made.fd, {&made.fd, 1}});
}

template <auto kFunction, typename R, typename... Parameters>
napi_value Call(R (*)(Parameters...), napi_env env, napi_callback_info info) {
  constexpr size_t kMost = sizeof...(Parameters);
  napi_value values[kMost + 1];  // no array is empty
  size_t given = kMost;
  void* state = nullptr;
  napi_get_cb_info(env, info, &given, values, nullptr, &state);
  // Made only now: nobody has its address, so it lives in registers.
  Arguments in = {env, values, values + std::min(given, kMost), state, 0};
  std::tuple<Parameters...> arguments;
  const bool valid =
      std::apply([&](auto&... each) { return (ReadArgument(in, &each) && ...); }, arguments);
  const int64_t result = valid ? ToResult(env, std::apply(kFunction, arguments)) : -EINVAL;
  napi_value returned = nullptr;
  // Every result is an int: no call moves more than 2 GB, whatever it is asked to.
  napi_create_int32(env, static_cast<int32_t>(result), &returned);
  return returned;
}

// `state` is what the environment's state hangs on, where a family has any.
template <auto kFunction>
void Export(napi_env env, napi_value exports, const char* name, void* state = nullptr) {
  const napi_callback call = [](napi_env caller, napi_callback_info info) {
    return Call<kFunction>(kFunction, caller, info);
  };
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, state, &function);
  napi_set_named_property(env, exports, name, function);
}

// A system call as it is, whose result is a new descriptor: Export<Opens<socket>>.
template <auto kCall, typename... Parameters>
NewFd Open(Parameters... arguments) {
  return {kCall(arguments...)};
}
template <auto kCall, typename R, typename... Parameters>
constexpr auto MakeOpens(R (*)(Parameters...)) {
  return &Open<kCall, Parameters...>;
}
template <auto kCall>
constexpr auto Opens = MakeOpens<kCall>(kCall);
