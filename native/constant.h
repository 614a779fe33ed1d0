// A number that JavaScript needs, by its C name.
#ifndef FD_SELECTORS_CONSTANT_H_
#define FD_SELECTORS_CONSTANT_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "object.h"

// The table holds the name itself: a pointer would need a relocation, and each of those is larger.
struct Constant {
  char name[32];
  double value;
};

template <size_t kSize>
constexpr Constant Named(const char (&name)[kSize], double value) {
  Constant constant = {{}, value};
  static_assert(kSize <= sizeof constant.name);
  std::copy_n(name, kSize, constant.name);
  return constant;
}

#define CONSTANT(name) Named(#name, static_cast<double>(name))
// For those that the C library declares as values of an enum, which may be signed.
#define BITS(name) Named(#name, static_cast<double>(static_cast<uint32_t>(name)))

// Adds the numbers of a table.
inline void AddConstants(Napi::Object object, std::span<const Constant> table) {
  for (const auto& [name, value] : table) Set(object, name, NewNumber(object.Env(), value));
}

// Those of families.cc.
void AddFamilyConstants(Napi::Object constants);

#endif  // FD_SELECTORS_CONSTANT_H_
