// Names and addresses: getaddrinfo(3), getnameinfo(3) and the texts of inet(3).
#include "address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include "call.h"
#include "resolver.h"

namespace {

// The resolver's own code goes to eai[0], errno stays in the result: both are negative numbers and
// must not meet in one.
int FromResolver(int code, Ints<1> eai) {
  eai[0] = code;
  return code == EAI_SYSTEM ? -1 : 0;
}

// A row of the results: family, type, protocol, and an address.
constexpr size_t kRowWords = 3 + kAddressWords;

void WriteRow(const addrinfo& from, int32_t* row) {
  row[0] = from.ai_family;
  row[1] = from.ai_socktype;
  row[2] = from.ai_protocol;
  const AddressOut address = {reinterpret_cast<sockaddr*>(row + 3), row + kRowWords - 1};
  address.SetLength(from.ai_addrlen);
  memcpy(address.name, from.ai_addr, static_cast<size_t>(*address.length));
}

// The canonical name, cut to what fits and always NUL-terminated.
void WriteCanonname(const addrinfo* list, std::span<uint8_t> out) {
  const char* name = list != nullptr && list->ai_canonname != nullptr ? list->ai_canonname : "";
  const size_t length = strnlen(name, out.size() - 1);
  memcpy(out.data(), name, length);
  out[length] = 0;
}

char* CharsOf(Bytes bytes) { return reinterpret_cast<char*>(bytes.data()); }

// Returns the number of addresses, of which as many as fit stand in results; eai[0] becomes 0 or
// the resolver's code, with which the result is 0.
int Getaddrinfo(std::optional<Text<NI_MAXHOST>> host, std::optional<Text<NI_MAXSERV>> service,
                Ints<kHints> hints, Ints<> results, Bytes canonname, Ints<1> eai) {
  if (canonname.empty()) return Invalid();
  const addrinfo wanted = HintsOf(hints);
  addrinfo* list = nullptr;
  const int code = getaddrinfo(CharsOf(host), CharsOf(service), &wanted, &list);
  if (code != 0) return FromResolver(code, eai);
  const int count = WriteAddresses(list, results, canonname);
  freeaddrinfo(list);
  eai[0] = 0;
  return count;
}

// host and service become NUL-terminated texts; eai[0] becomes 0 or the resolver's code.
int Getnameinfo(AddressIn address, Bytes host, Bytes service, int flags, Ints<1> eai) {
  if (host.size() > NI_MAXHOST || service.size() > NI_MAXHOST) return Invalid();
  const int code =
      getnameinfo(address.name, address.length, CharsOf(host), static_cast<socklen_t>(host.size()),
                  CharsOf(service), static_cast<socklen_t>(service.size()), flags);
  return FromResolver(code, eai);
}

// The bytes of an address of this family, or 0 for a family that inet(3) does not know.
size_t BytesOf(int family) {
  if (family == AF_INET) return sizeof(in_addr);
  return family == AF_INET6 ? sizeof(in6_addr) : 0;
}

// A string that may be an address. What is longer than any, or has a NUL, is not: it is read as an
// empty one, which is not an address either.
struct AddressText : Text<NI_MAXHOST> {};

bool ReadArgument(Arguments& in, AddressText* out) {
  const napi_value value = *in.next;
  if (!ReadArgument(in, static_cast<Text<NI_MAXHOST>*>(out))) out->chars[0] = '\0';
  return IsType(in.env, value, napi_string);
}

// 1, or 0 for a text that is not an address.
int InetPton(int family, AddressText text, Bytes bytes) {
  if (bytes.size() < BytesOf(family)) return Invalid();
  return inet_pton(family, text.chars, bytes.data());
}

// Returns the length of the text.
int64_t InetNtop(int family, Bytes bytes, Bytes text) {
  if (bytes.size() < BytesOf(family) || text.size() > NI_MAXHOST) return Invalid();
  const char* written =
      inet_ntop(family, bytes.data(), CharsOf(text), static_cast<socklen_t>(text.size()));
  return written == nullptr ? -1 : static_cast<int64_t>(strlen(written));
}

// 1, or 0 for a text that is not an address; "127.1" is one.
int InetAton(AddressText text, Bytes bytes) {
  in_addr address;
  if (bytes.size() < sizeof address) return Invalid();
  if (inet_aton(text.chars, &address) == 0) return 0;
  memcpy(bytes.data(), &address, sizeof address);
  return 1;
}

}  // namespace

int WriteAddresses(const addrinfo* list, std::span<int32_t> results, std::span<uint8_t> canonname) {
  WriteCanonname(list, canonname);
  size_t count = 0;
  for (const addrinfo* from = list; from != nullptr; from = from->ai_next, count++) {
    if ((count + 1) * kRowWords <= results.size()) WriteRow(*from, &results[count * kRowWords]);
  }
  return static_cast<int>(count);
}

void InitAddress(napi_env env, napi_value exports) {
  Export<Getaddrinfo>(env, exports, "getaddrinfo");
  Export<Getnameinfo>(env, exports, "getnameinfo");
  Export<InetPton>(env, exports, "inetPton");
  Export<InetNtop>(env, exports, "inetNtop");
  Export<InetAton>(env, exports, "inetAton");
}
