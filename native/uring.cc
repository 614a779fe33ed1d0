// io_uring(7): setup, enter and register. The rings are memory that JavaScript and the kernel
// share.
//
// The kernel writes into that memory without asking. So a mapping lives as long as anyone may use
// it: JavaScript, which holds an ArrayBuffer over it, or the ring, until its operations have ended.
// The numbers are written out because the header of the system may be older than its kernel.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "call.h"
#include "seconds.h"

namespace {

// The same on every architecture.
constexpr long kSetup = 425, kEnter = 426, kRegister = 427;
constexpr uint32_t kEnterExtArg = 1 << 3;
constexpr uint32_t kRegisterSyncCancel = 24;
constexpr uint32_t kCancelAll = 1 << 0, kCancelAny = 1 << 2;

struct KernelTime {
  int64_t seconds, nanoseconds;
};

struct Mapping {
  void* data;
  size_t size;
  Mapping(void* at, size_t length) : data(at), size(length) {}
  Mapping(const Mapping&) = delete;
  ~Mapping() { munmap(data, size); }
};

using Ring = std::vector<std::shared_ptr<Mapping>>;
using Rings = std::unordered_map<int, Ring>;

bool ReadArgument(Arguments& in, Rings** out) {
  *out = static_cast<Rings*>(in.state);
  return true;
}

// An array, of which element 0 becomes the new ArrayBuffer.
struct Into {
  napi_value array;
};

bool ReadArgument(Arguments& in, Into* out) {
  bool is_array = false;
  out->array = *in.next++;
  return napi_is_array(in.env, out->array, &is_array) == napi_ok && is_array;
}

// Cancels what is under way and waits until it has ended: only then may its memory go.
bool Settle(int fd) {
  struct {
    uint64_t addr = 0;
    int32_t fd = -1;
    uint32_t flags = kCancelAny | kCancelAll;
    KernelTime timeout = {10, 0};
    uint8_t opcode = 0, pad[7] = {};
    uint64_t pad2[3] = {};
  } request;
  static_assert(sizeof request == 64);
  int returned;
  do {
    returned = static_cast<int>(syscall(kRegister, fd, kRegisterSyncCancel, &request, 1));
  } while (returned == -1 && errno == EINTR);
  return returned != -1 || errno == ENOENT;
}

// Where the kernel cannot settle the operations (before 6.0, or a disk that does not answer), what
// they write to stays mapped for good.
int End(int fd, Ring&& ring) {
  if (!Settle(fd)) new Ring(std::move(ring));
  return close(fd);
}

// Also when a worker is terminated: then no JavaScript closes its rings.
void OnEnvironmentExit(void* data) {
  const std::unique_ptr<Rings> rings(static_cast<Rings*>(data));
  for (auto& [fd, ring] : *rings) End(fd, std::move(ring));
}

// params is struct io_uring_params.
int UringSetup(Rings* rings, uint32_t entries, Ints<30> params) {
  const int fd = static_cast<int>(syscall(kSetup, entries, params.data()));
  if (fd == -1) return -1;
  // A ring of this number was closed behind our back, and may not be settled.
  if (auto stale = rings->find(fd); stale != rings->end()) new Ring(std::move(stale->second));
  (*rings)[fd] = {};
  return fd;
}

int Map(napi_env env, Ring* ring, int fd, off_t offset, size_t size, Into into) {
  const int flags = fd == -1 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE;
  void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, offset);
  if (data == MAP_FAILED) return -1;
  using Shared = std::shared_ptr<Mapping>;
  auto* held = new Shared(new Mapping(data, size));
  const napi_finalize release = [](napi_env, void*, void* hint) {
    delete static_cast<Shared*>(hint);
  };
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, data, size, release, held, &buffer) != napi_ok) {
    delete held;
    return Fail(ENOTSUP);
  }
  ring->push_back(*held);
  napi_set_element(env, into.array, 0, buffer);
  return 0;
}

int UringMap(Rings* rings, napi_env env, int fd, uint32_t offset, uint32_t size, Into into) {
  const auto ring = rings->find(fd);
  if (ring == rings->end()) return Fail(EBADF);
  return Map(env, &ring->second, fd, offset, size, into);
}

// Memory for the operations of a ring to read from and write to; address becomes where it is.
int UringArea(Rings* rings, napi_env env, int fd, uint32_t size, Into into, Ints<2> address) {
  const auto ring = rings->find(fd);
  if (ring == rings->end()) return Fail(EBADF);
  if (Map(env, &ring->second, -1, 0, size, into) == -1) return -1;
  const auto at = reinterpret_cast<uint64_t>(ring->second.back()->data);
  memcpy(address.data(), &at, sizeof at);
  return 0;
}

int UringEnter(int fd, uint32_t to_submit, uint32_t min_complete, Bits flags, Timeout timeout) {
  if (timeout.IsForever()) {
    return static_cast<int>(syscall(kEnter, fd, to_submit, min_complete, flags.value, nullptr, 0));
  }
  const KernelTime time = {timeout.time.tv_sec, timeout.time.tv_nsec};
  const struct {
    uint64_t sigmask = 0;
    uint32_t sigmask_size = 8, pad = 0;
    uint64_t time;
  } argument = {.time = reinterpret_cast<uintptr_t>(&time)};
  return static_cast<int>(syscall(kEnter, fd, to_submit, min_complete, flags | kEnterExtArg,
                                  &argument, sizeof argument));
}

int UringRegister(int fd, uint32_t opcode, std::optional<Structs<uint8_t>> argument,
                  uint32_t count) {
  return static_cast<int>(
      syscall(kRegister, fd, opcode, argument ? argument->data() : nullptr, count));
}

int UringClose(Rings* rings, int fd) {
  auto ring = rings->extract(fd);
  return ring.empty() ? Fail(EBADF) : End(fd, std::move(ring.mapped()));
}

}  // namespace

void InitUring(napi_env env, napi_value exports) {
  auto* rings = new Rings;
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, rings);
  Export<UringSetup>(env, exports, "uringSetup", rings);
  Export<UringMap>(env, exports, "uringMap", rings);
  Export<UringArea>(env, exports, "uringArea", rings);
  Export<UringEnter>(env, exports, "uringEnter");
  Export<UringRegister>(env, exports, "uringRegister");
  Export<UringClose>(env, exports, "uringClose", rings);
}
