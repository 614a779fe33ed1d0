// Names and addresses: getaddrinfo(3), getnameinfo(3) and the texts of inet(3).
#include "address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>

#include "native.h"

namespace {

// A text without NUL that fits, NUL-terminated; or null, which leaves *out null.
template <size_t kSize>
bool ToText(const Napi::CallbackInfo& info, size_t index, char (&storage)[kSize],
            const char** out) {
  *out = nullptr;
  if (info[index].IsNull()) return true;
  size_t length;
  if (napi_get_value_string_utf8(info.Env(), info[index], nullptr, 0, &length) != napi_ok ||
      length >= kSize ||
      napi_get_value_string_utf8(info.Env(), info[index], storage, kSize, &length) != napi_ok ||
      memchr(storage, '\0', length) != nullptr) {
    return false;
  }
  *out = storage;
  return true;
}

// The resolver's own code goes to *eai, errno stays in the result: both are negative numbers and
// must not meet in one. Returns whether there is nothing left to do.
bool Failed(int code, int32_t* eai, int64_t* result) {
  *eai = code;
  *result = code == EAI_SYSTEM ? -1 : 0;
  return code != 0;
}

// hints as the first four ints of struct addrinfo stand: flags, family, type, protocol.
constexpr size_t kHints = 4;
// A row of the results: family, type, protocol, and an address.
constexpr size_t kRowWords = 3 + kAddressWords;

void WriteRow(const addrinfo& from, int32_t* row) {
  row[0] = from.ai_family;
  row[1] = from.ai_socktype;
  row[2] = from.ai_protocol;
  const Address address = {reinterpret_cast<sockaddr*>(row + 3), row + kRowWords - 1};
  SetLength(address, from.ai_addrlen);
  memcpy(address.name, from.ai_addr, *address.length);
}

// The canonical name, cut to what fits and always NUL-terminated.
void WriteCanonname(const addrinfo* list, uint8_t* out, size_t size) {
  const char* name = list != nullptr && list->ai_canonname != nullptr ? list->ai_canonname : "";
  const size_t length = strnlen(name, size - 1);
  memcpy(out, name, length);
  out[length] = 0;
}

// getaddrinfo(host, service, hints, results, canonname, eai) -> number of addresses, of which as
// many as fit stand in results; eai[0] becomes 0 or the resolver's code, with which the result is 0
Napi::Value Getaddrinfo(const Napi::CallbackInfo& info) {
  char host_text[NI_MAXHOST], service_text[NI_MAXSERV];
  const char *host, *service;
  int32_t *hints, *results, *eai;
  uint8_t* canonname;
  size_t hints_length, results_length, canonname_size, eai_length;
  if (!ToText(info, 0, host_text, &host) || !ToText(info, 1, service_text, &service) ||
      !ToInt32Array(info, 2, &hints, &hints_length) || hints_length < kHints ||
      !ToInt32Array(info, 3, &results, &results_length) ||
      !ToBytes(info, 4, &canonname, &canonname_size) || canonname_size < 1 ||
      !ToInt32Array(info, 5, &eai, &eai_length) || eai_length < 1) {
    return Invalid(info);
  }
  addrinfo wanted = {};
  wanted.ai_flags = hints[0];
  wanted.ai_family = hints[1];
  wanted.ai_socktype = hints[2];
  wanted.ai_protocol = hints[3];
  addrinfo* list = nullptr;
  int64_t result;
  if (Failed(getaddrinfo(host, service, &wanted, &list), eai, &result)) {
    return Result(info, result);
  }
  WriteCanonname(list, canonname, canonname_size);
  size_t count = 0;
  for (const addrinfo* from = list; from != nullptr; from = from->ai_next, count++) {
    if ((count + 1) * kRowWords <= results_length) WriteRow(*from, results + count * kRowWords);
  }
  freeaddrinfo(list);
  return Result(info, static_cast<int64_t>(count));
}

// getnameinfo(address, host, service, flags, eai) -> 0; host and service become NUL-terminated
// texts; eai[0] becomes 0 or the resolver's code
Napi::Value Getnameinfo(const Napi::CallbackInfo& info) {
  Address address;
  uint8_t *host, *service;
  size_t host_size, service_size, eai_length;
  int flags;
  int32_t* eai;
  if (!ToAddress(info, 0, &address) || !ToBytes(info, 1, &host, &host_size) ||
      !ToBytes(info, 2, &service, &service_size) || host_size > NI_MAXHOST ||
      service_size > NI_MAXHOST || !ToInt(info, 3, &flags) ||
      !ToInt32Array(info, 4, &eai, &eai_length) || eai_length < 1) {
    return Invalid(info);
  }
  int64_t result;
  Failed(getnameinfo(address.name, *address.length, reinterpret_cast<char*>(host), host_size,
                     reinterpret_cast<char*>(service), service_size, flags),
         eai, &result);
  return Result(info, result);
}

// The bytes of an address of this family, or 0 for a family that inet(3) does not know.
size_t BytesOf(int family) {
  if (family == AF_INET) return sizeof(in_addr);
  if (family == AF_INET6) return sizeof(in6_addr);
  return 0;
}

// inetPton(family, text, bytes) -> 1, or 0 for a text that is no address
Napi::Value InetPton(const Napi::CallbackInfo& info) {
  int family;
  char storage[INET6_ADDRSTRLEN];
  const char* text;
  uint8_t* bytes;
  size_t size;
  if (!ToInt(info, 0, &family) || !info[1].IsString() || !ToBytes(info, 2, &bytes, &size) ||
      size < BytesOf(family)) {
    return Invalid(info);
  }
  // What is longer than any address is none.
  if (!ToText(info, 1, storage, &text)) return Int(info, 0);
  return Result(info, inet_pton(family, text, bytes));
}

// inetNtop(family, bytes, text) -> length of the text
Napi::Value InetNtop(const Napi::CallbackInfo& info) {
  int family;
  uint8_t *bytes, *text;
  size_t size, text_size;
  if (!ToInt(info, 0, &family) || !ToBytes(info, 1, &bytes, &size) || size < BytesOf(family) ||
      !ToBytes(info, 2, &text, &text_size) || text_size > NI_MAXHOST) {
    return Invalid(info);
  }
  const char* written = inet_ntop(family, bytes, reinterpret_cast<char*>(text), text_size);
  return Result(info, written == nullptr ? -1 : static_cast<int64_t>(strlen(written)));
}

// inetAton(text, bytes) -> 1, or 0 for a text that is no address; "127.1" is one
Napi::Value InetAton(const Napi::CallbackInfo& info) {
  char storage[NI_MAXHOST];
  const char* text;
  uint8_t* bytes;
  size_t size;
  if (!info[0].IsString() || !ToBytes(info, 1, &bytes, &size) || size < sizeof(in_addr)) {
    return Invalid(info);
  }
  in_addr address;
  if (!ToText(info, 0, storage, &text) || inet_aton(text, &address) == 0) return Int(info, 0);
  memcpy(bytes, &address, sizeof(address));
  return Int(info, 1);
}

}  // namespace

void InitAddress(Napi::Env env, Napi::Object exports) {
  Export<Getaddrinfo>(env, exports, "getaddrinfo");
  Export<Getnameinfo>(env, exports, "getnameinfo");
  Export<InetPton>(env, exports, "inetPton");
  Export<InetNtop>(env, exports, "inetNtop");
  Export<InetAton>(env, exports, "inetAton");
}
