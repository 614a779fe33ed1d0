// The answers of getaddrinfo(3), for all that ask it.
#pragma once

#include <netdb.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "call.h"

// The first ints of struct addrinfo: flags, family, type, protocol.
constexpr size_t kHints = 4;
static_assert(offsetof(addrinfo, ai_protocol) == (kHints - 1) * sizeof(int));

inline addrinfo HintsOf(Ints<kHints> hints) {
  addrinfo wanted = {};
  memcpy(&wanted, hints.data(), kHints * sizeof(int));
  return wanted;
}

template <size_t kSize>
const char* CharsOf(const std::optional<Text<kSize>>& text) {
  return text ? text->chars : nullptr;
}

// Returns the number of addresses, of which as many as fit stand in results, and the canonical name
// of the first, cut to what fits.
int WriteAddresses(const addrinfo* list, std::span<int32_t> results, std::span<uint8_t> canonname);
