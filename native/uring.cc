// io_uring(7): setup, enter and register. The rings are memory that JavaScript and the kernel
// share.
//
// The kernel writes into that memory without asking. So a mapping lives as long as anyone may use
// it: JavaScript, which holds an ArrayBuffer over it, or the ring, until its operations have ended.
// The numbers are written out because the header of the system may be older than its kernel.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

#include "call.h"
#include "seconds.h"

namespace {

// The same on every architecture.
constexpr long kSetup = 425, kEnter = 426, kRegister = 427;
constexpr uint32_t kDeferTaskrun = 1 << 13;
constexpr uint32_t kEnterGetEvents = 1 << 0, kEnterExtArg = 1 << 3;
constexpr uint32_t kRegisterEventfd = 4, kRegisterProbe = 8, kRegisterPbufRing = 22;
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

struct Completion {
  uint64_t user_data;
  int32_t result;
  uint32_t flags;
};

struct Submission {
  uint8_t opcode, flags;
  uint16_t priority;
  int32_t fd;
  uint64_t rest[7];
};
static_assert(sizeof(Submission) == 64);

constexpr uint8_t kOpClose = 19;
constexpr uint32_t kOffsetOfSubmissions = 0x10000000;

// A completion of this user_data brings a new descriptor, as of accept(2).
constexpr uint64_t kOpens = uint64_t{1} << 63;

// As io_uring_setup(2) returned it: besides flags and entries, offsets into the first mapping, in
// bytes.
struct Ring {
  uint32_t flags;
  uint32_t submission_entries, submission_head, submission_tail;
  uint32_t entries, head, tail, completions;
  const Submission* submissions;
  std::vector<std::shared_ptr<Mapping>> mappings;
};
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

// Runs the completions that the kernel holds back until the thread enters.
int Flush(int fd) {
  return static_cast<int>(syscall(kEnter, fd, 0, 0, kEnterGetEvents, nullptr, 0));
}

// Returns how many operations it told to end; one that runs in a thread of the kernel is told
// again.
int CancelAll(int fd) {
  struct {
    uint64_t addr = 0;
    int32_t fd = -1;
    uint32_t flags = kCancelAny | kCancelAll;
    KernelTime timeout = {1, 0};
    uint8_t opcode = 0, pad[7] = {};
    uint64_t pad2[3] = {};
  } request;
  static_assert(sizeof request == 64);
  const int told = static_cast<int>(syscall(kRegister, fd, kRegisterSyncCancel, &request, 1));
  if (told != -1) return told;
  if (errno == ENOENT) return 0;
  return errno == EINTR || errno == ETIME ? 1 : -1;
}

std::atomic_ref<uint32_t> Counter(const Ring& ring, uint32_t offset) {
  auto* base = static_cast<std::byte*>(ring.mappings.front()->data);
  return std::atomic_ref(*reinterpret_cast<uint32_t*>(base + offset));
}

// For kernels before 6.0, which cannot cancel everything in one call. There, each submission
// completes once (engine.ts), so nothing is under way if there are as many completions.
bool IsIdle(const Ring& ring) {
  if ((ring.flags & kDeferTaskrun) != 0) return false;
  return ring.mappings.empty() || Counter(ring, ring.submission_head) == Counter(ring, ring.tail);
}

// Cancels what is under way and waits until it has ended: only then may its memory go.
bool Settle(int fd, const Ring& ring) {
  constexpr int kQuick = 100, kMost = 10'000;  // after the first, a millisecond for each
  constexpr int kRunAtOnce = 20;               // of those that wait for the thread to enter
  for (int i = 0; i < kMost; i++) {
    const int told = CancelAll(fd);
    if (told == 0) return true;
    if (told == -1) return errno == EINVAL && IsIdle(ring);
    // Telling 8,000 takes the kernel half a second, so all that were told run before the next time.
    for (int left = told; left >= 0; left -= kRunAtOnce) Flush(fd);
    const timespec pause = {0, 1'000'000};
    if (i >= kQuick) nanosleep(&pause, nullptr);
  }
  return false;
}

// Closes the descriptors that are the ring's to close, but whose close was not submitted.
void CloseUnsubmitted(const Ring& ring) {
  if (ring.submissions == nullptr) return;
  const uint32_t head = Counter(ring, ring.submission_head);
  const uint32_t written = Counter(ring, ring.submission_tail) - head;
  for (uint32_t i = 0; i < std::min(written, ring.submission_entries); i++) {
    const Submission& one = ring.submissions[(head + i) & (ring.submission_entries - 1)];
    if (one.opcode == kOpClose) close(one.fd);
  }
}

// Closes the descriptors in completions that nobody has seen, so that none leaks.
void CloseUnseen(int fd, const Ring& ring) {
  if (ring.mappings.empty()) return;
  const auto* base = static_cast<std::byte*>(ring.mappings.front()->data);
  const auto* completions = reinterpret_cast<const Completion*>(base + ring.completions);
  uint32_t seen = Counter(ring, ring.head);
  while (seen != Counter(ring, ring.tail)) {
    for (; seen != Counter(ring, ring.tail); seen++) {
      const Completion& one = completions[seen & (ring.entries - 1)];
      if ((one.user_data & kOpens) != 0 && one.result >= 0) close(one.result);
    }
    Counter(ring, ring.head) = seen;
    Flush(fd);  // there is room now for those that did not fit
  }
}

// Where the operations cannot be settled (before 6.0, when a worker is terminated; where
// io_uring_register(2) is forbidden; a disk that does not answer), what they write to stays mapped
// forever.
int End(int fd, Ring&& ring) {
  const bool settled = Settle(fd, ring);
  CloseUnseen(fd, ring);
  CloseUnsubmitted(ring);
  if (!settled) new Ring(std::move(ring));
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
  const auto at = [params](size_t word) { return static_cast<uint32_t>(params[word]); };
  (*rings)[fd] = {at(2), at(0), at(10), at(11), at(1), at(20), at(21), at(25), nullptr, {}};
  return fd;
}

int Map(napi_env env, Ring* ring, int fd, off_t offset, size_t size, Into into) {
  const int flags = fd == -1 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE;
  void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, offset);
  if (data == MAP_FAILED) return -1;
  // A child would share the pages until it executes another program, and the kernel could go on
  // writing to the child's.
  madvise(data, size, MADV_DONTFORK);
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
  ring->mappings.push_back(*held);
  // Defined, not set: a setter that the array has or inherits must not run, since it could close
  // the ring.
  const napi_property_descriptor element = {.utf8name = "0",
                                            .name = nullptr,
                                            .method = nullptr,
                                            .getter = nullptr,
                                            .setter = nullptr,
                                            .value = buffer,
                                            .attributes = napi_default_jsproperty,
                                            .data = nullptr};
  napi_define_properties(env, into.array, 1, &element);
  return 0;
}

int UringMap(Rings* rings, napi_env env, int fd, uint32_t offset, uint32_t size, Into into) {
  const auto ring = rings->find(fd);
  if (ring == rings->end()) return Fail(EBADF);
  if (Map(env, &ring->second, fd, offset, size, into) == -1) return -1;
  if (offset == kOffsetOfSubmissions &&
      size >= ring->second.submission_entries * sizeof(Submission)) {
    ring->second.submissions = static_cast<const Submission*>(ring->second.mappings.back()->data);
  }
  return 0;
}

// Memory for the operations of a ring to read from and write to; address becomes where it is.
int UringArea(Rings* rings, napi_env env, int fd, uint32_t size, Into into, Ints<2> address) {
  const auto ring = rings->find(fd);
  if (ring == rings->end()) return Fail(EBADF);
  if (Map(env, &ring->second, -1, 0, size, into) == -1) return -1;
  const auto at = reinterpret_cast<uint64_t>(ring->second.mappings.back()->data);
  memcpy(address.data(), &at, sizeof at);
  return 0;
}

// No operation uses the memory any more. It stays mapped until its ArrayBuffer is collected.
int UringForget(Rings* rings, int fd, Structs<uint8_t> area) {
  const auto ring = rings->find(fd);
  if (ring == rings->end()) return Fail(EBADF);
  const size_t erased = std::erase_if(
      ring->second.mappings, [&](const auto& mapping) { return mapping->data == area.data(); });
  return erased == 1 ? 0 : Invalid();
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

// How many bytes the kernel reads or writes, where it is told a count. Of no other operation is it
// known here, so it may have no argument.
uint64_t ArgumentSize(uint32_t opcode, uint32_t count) {
  switch (opcode) {
    case kRegisterEventfd:
      return uint64_t{count} * sizeof(int);
    case kRegisterProbe:
      return 16 + uint64_t{count} * 8;
    case kRegisterPbufRing:
      return uint64_t{count} * 40;
    default:
      return UINT64_MAX;
  }
}

int UringRegister(int fd, uint32_t opcode, std::optional<Structs<uint8_t>> argument,
                  uint32_t count) {
  if (argument && argument->size() < ArgumentSize(opcode, count)) return Invalid();
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
  Export<UringForget>(env, exports, "uringForget", rings);
  Export<UringEnter>(env, exports, "uringEnter");
  Export<UringRegister>(env, exports, "uringRegister");
  Export<UringClose>(env, exports, "uringClose", rings);
}
