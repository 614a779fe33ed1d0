// A number that JavaScript needs, by its C name.
#ifndef FD_SELECTORS_CONSTANT_H_
#define FD_SELECTORS_CONSTANT_H_

#include <napi.h>

struct Constant {
  const char* name;
  double value;
};

constexpr Constant Named(const char* name, double value) { return {name, value}; }

#define CONSTANT(name) Named(#name, static_cast<double>(name))
// For those that the C library declares as values of an enum, which may be signed.
#define BITS(name) Named(#name, static_cast<double>(static_cast<uint32_t>(name)))

// Adds the numbers of a table.
template <typename Table>
void AddConstants(Napi::Env env, Napi::Object constants, const Table& table) {
  for (const auto& [name, value] : table) constants.Set(name, Napi::Number::New(env, value));
}

// Those of families.cc.
void AddFamilyConstants(Napi::Env env, Napi::Object constants);

#endif  // FD_SELECTORS_CONSTANT_H_
