// The databases of netdb(3): hosts, services, protocols; and the interfaces of if_nametoindex(3).
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cstdio>
#include <mutex>

#include "call.h"

// musl has it not: the address is then null.
extern "C" __attribute__((weak)) int getprotobyname_r(const char*, protoent*, char*, size_t,
                                                      protoent**);

namespace {

// What these functions keep their strings in.
constexpr size_t kScratch = 16 * 1024;
constexpr size_t kMostName = NI_MAXHOST;

// Texts that go to JavaScript one after the other, each with its NUL.
class Texts {
 public:
  explicit Texts(Bytes room) : room_(room) {}

  void Add(const char* text) {
    const size_t size = strlen(text) + 1;
    if (length_ + size <= room_.size()) memcpy(room_.data() + length_, text, size);
    length_ += size;
  }

  int Length() const {
    if (length_ <= room_.size()) return static_cast<int>(length_);
    errno = ERANGE;
    return -1;
  }

 private:
  Bytes room_;
  size_t length_ = 0;
};

// The name, the aliases, an empty text, the addresses.
int WriteHost(const hostent& host, Bytes answer) {
  Texts texts(answer);
  texts.Add(host.h_name);
  for (char** alias = host.h_aliases; *alias != nullptr; alias++) texts.Add(*alias);
  texts.Add("");
  for (char** address = host.h_addr_list; *address != nullptr; address++) {
    char text[INET6_ADDRSTRLEN];
    if (inet_ntop(host.h_addrtype, *address, text, sizeof(text)) == nullptr) return -1;
    texts.Add(text);
  }
  return texts.Length();
}

// As getaddrinfo does with the resolver's code: it goes to *herrno, errno stays in the result.
int HostResult(const hostent* found, int code, Bytes answer, Ints<1> herrno) {
  herrno[0] = 0;
  if (found != nullptr) return WriteHost(*found, answer);
  if (code == NETDB_INTERNAL) return -1;
  herrno[0] = code;
  return 0;
}

// Returns the length of the answer; herrno[0] becomes 0 or the resolver's code.
int Gethostbyname(Text<kMostName> name, Bytes answer, Ints<1> herrno) {
  hostent host;
  char scratch[kScratch];
  hostent* found = nullptr;
  int code = 0;
  const int reason = gethostbyname_r(name.chars, &host, scratch, sizeof(scratch), &found, &code);
  if (reason != 0) errno = reason;
  return HostResult(found, code, answer, herrno);
}

int Gethostbyaddr(int family, Bytes address, Bytes answer, Ints<1> herrno) {
  hostent host;
  char scratch[kScratch];
  hostent* found = nullptr;
  int code = 0;
  const int reason = gethostbyaddr_r(address.data(), static_cast<socklen_t>(address.size()), family,
                                     &host, scratch, sizeof(scratch), &found, &code);
  if (reason != 0) errno = reason;
  return HostResult(found, code, answer, herrno);
}

// What is not in a database.
int Missing() {
  errno = ENOENT;
  return -1;
}

const char* ProtocolOf(const std::optional<Text<kMostName>>& protocol) {
  return protocol ? protocol->chars : nullptr;
}

// Returns the port.
int Getservbyname(Text<kMostName> name, std::optional<Text<kMostName>> protocol) {
  servent service;
  char scratch[kScratch];
  servent* found = nullptr;
  getservbyname_r(name.chars, ProtocolOf(protocol), &service, scratch, sizeof(scratch), &found);
  return found == nullptr ? Missing() : ntohs(static_cast<uint16_t>(found->s_port));
}

// Returns the length of the name, and its NUL.
int Getservbyport(uint16_t port, std::optional<Text<kMostName>> protocol, Bytes answer) {
  servent service;
  char scratch[kScratch];
  servent* found = nullptr;
  getservbyport_r(htons(port), ProtocolOf(protocol), &service, scratch, sizeof(scratch), &found);
  if (found == nullptr) return Missing();
  Texts texts(answer);
  texts.Add(found->s_name);
  return texts.Length();
}

// Returns the number of the protocol.
int Getprotobyname(Text<kMostName> name) {
  protoent protocol;
  char scratch[kScratch];
  protoent* found = nullptr;
  if (getprotobyname_r != nullptr) {
    getprotobyname_r(name.chars, &protocol, scratch, sizeof(scratch), &found);
    return found == nullptr ? Missing() : found->p_proto;
  }
  static constinit std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  found = getprotobyname(name.chars);
  return found == nullptr ? Missing() : found->p_proto;
}

// Returns the index.
int IfNametoindex(Text<IF_NAMESIZE> name) {
  const unsigned index = if_nametoindex(name.chars);
  return index == 0 ? -1 : static_cast<int>(index);
}

// Returns the length of the name, and its NUL.
int IfIndextoname(uint32_t index, Bytes answer) {
  char name[IF_NAMESIZE];
  if (if_indextoname(index, name) == nullptr) return -1;
  Texts texts(answer);
  texts.Add(name);
  return texts.Length();
}

// For each interface its index, as a text, and its name.
int IfNameindex(Bytes answer) {
  struct if_nameindex* list = if_nameindex();
  if (list == nullptr) return -1;
  Texts texts(answer);
  for (const auto* at = list; at->if_index != 0 && at->if_name != nullptr; at++) {
    char index[16];
    snprintf(index, sizeof(index), "%u", at->if_index);
    texts.Add(index);
    texts.Add(at->if_name);
  }
  if_freenameindex(list);
  return texts.Length();
}

}  // namespace

void InitNetdb(napi_env env, napi_value exports) {
  Export<Gethostbyname>(env, exports, "gethostbyname");
  Export<Gethostbyaddr>(env, exports, "gethostbyaddr");
  Export<Getservbyname>(env, exports, "getservbyname");
  Export<Getservbyport>(env, exports, "getservbyport");
  Export<Getprotobyname>(env, exports, "getprotobyname");
  Export<IfNametoindex>(env, exports, "ifNametoindex");
  Export<IfIndextoname>(env, exports, "ifIndextoname");
  Export<IfNameindex>(env, exports, "ifNameindex");
}
