// The descriptors that workers own. They are closed when their worker ends: one that is terminated
// runs no JavaScript any more, and descriptors belong to the process, not to the thread.
//
// One table for the process says of each number which environment owns it, because any thread may
// close a descriptor, and the next to get its number may be another thread. Its entries are written
// without a lock, but for those of another environment: that may be about to close them.
#include "owned.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "call.h"

namespace {

// An environment that owns descriptors, by a number that no other ever had. Nobody is the owner of
// what is closed or not ours, and of all that the main thread has: the end of the process closes
// that.
using Owner = uint32_t;
constexpr Owner kNobody = 0;

Owner OwnerOf(napi_env env) {
  void* owner = nullptr;
  napi_get_instance_data(env, &owner);
  return static_cast<Owner>(reinterpret_cast<uintptr_t>(owner));
}

// fstat(2) by its number, where the kernel's struct is that of the C library: a function of this
// name is in glibc 2.33 and later only.
long Fstat(int fd, struct stat* file) {
#if defined(__x86_64__) || defined(__aarch64__)
  return syscall(SYS_fstat, fd, file);
#else
  return fstat(fd, file);
#endif
}

// What tells the file behind a number from another that took the number later. Epoll sets,
// eventfds and timers share one inode: those are told from sockets, pipes and files only.
uint32_t FileOf(int fd) {
  struct stat file;
  if (Fstat(fd, &file) == -1) return 0;
  const uint64_t mixed =
      (static_cast<uint64_t>(file.st_ino) + (static_cast<uint64_t>(file.st_dev) << 32)) *
      0x9e3779b97f4a7c15;
  return static_cast<uint32_t>(mixed >> 32);
}

// An owner, and in the lower half what file it owns. 0 is nobody's.
using Entry = uint64_t;

Entry EntryOf(Owner owner, int fd) { return static_cast<Entry>(owner) << 32 | FileOf(fd); }
Owner OwnerIn(Entry entry) { return static_cast<Owner>(entry >> 32); }

// Numbers may reach 2^31, but are small: pages are made when a worker first owns a descriptor in
// them, and never freed.
constexpr int kPage = 4096;
constexpr size_t kPages = (size_t{1} << 31) / kPage;
struct Page {
  std::atomic<Entry> entries[kPage] = {};
};
constinit std::atomic<Page*> pages[kPages] = {};
constinit std::atomic<size_t> used = 0;  // the pages from this on were never made

// Held while a descriptor is closed because its environment ends, and to take an entry away from
// another environment.
constinit std::mutex mutex;

// The entry of a descriptor, or null where no worker ever owned one near it.
std::atomic<Entry>* Find(int fd) {
  if (fd < 0) return nullptr;
  Page* page = pages[fd / kPage].load(std::memory_order_acquire);
  return page == nullptr ? nullptr : &page->entries[fd % kPage];
}

// Null without memory: then nobody owns the descriptor.
std::atomic<Entry>* FindOrMake(int fd) {
  if (std::atomic<Entry>* entry = Find(fd)) return entry;
  if (fd < 0) return nullptr;
  auto made = std::unique_ptr<Page>(new (std::nothrow) Page);
  if (made == nullptr) return nullptr;
  const size_t number = static_cast<size_t>(fd) / kPage;
  Page* before = nullptr;
  if (pages[number].compare_exchange_strong(before, made.get())) made.release();
  for (size_t most = used; most <= number;) {
    if (used.compare_exchange_weak(most, number + 1)) break;
  }
  return Find(fd);
}

// Gives an entry another value, in the name of `env`'s owner.
void Set(std::atomic<Entry>* entry, Owner caller, Entry value) {
  const Owner before = OwnerIn(*entry);
  if (before == kNobody || before == caller) {
    *entry = value;
    return;
  }
  // Its owner may be closing it just now: then that ends first.
  const std::lock_guard lock(mutex);
  *entry = value;
}

// Closes what an entry says is `owner`'s, unless the number was closed behind our back and is
// another file's by now.
void CloseOwned(std::atomic<Entry>* entry, int fd, Owner owner) {
  if (OwnerIn(*entry) != owner) return;
  const std::lock_guard lock(mutex);
  Entry seen = *entry;
  if (OwnerIn(seen) != owner) return;
  if (seen == EntryOf(owner, fd)) close(fd);
  // Not before: a thread that closes this number meanwhile must see that it has to wait. And not if
  // the number has a new owner.
  entry->compare_exchange_strong(seen, 0);
}

void OnEnvironmentExit(void* data) {
  const auto owner = static_cast<Owner>(reinterpret_cast<uintptr_t>(data));
  const size_t end = used;
  for (size_t number = 0; number < end; number++) {
    Page* page = pages[number];
    if (page == nullptr) continue;
    for (int i = 0; i < kPage; i++) {
      CloseOwned(&page->entries[i], static_cast<int>(number) * kPage + i, owner);
    }
  }
}

}  // namespace

int Track(napi_env env, int fd) {
  const Owner owner = OwnerOf(env);
  std::atomic<Entry>* entry = owner == kNobody ? Find(fd) : FindOrMake(fd);
  if (entry == nullptr) return 0;
  if (owner != kNobody) {
    Set(entry, owner, EntryOf(owner, fd));
  } else if (*entry != 0) {
    Set(entry, owner, 0);
  }
  return 0;
}

int Untrack(napi_env env, int fd) {
  const Owner owner = OwnerOf(env);
  std::atomic<Entry>* entry = owner == kNobody ? nullptr : Find(fd);
  if (entry != nullptr && OwnerIn(*entry) == owner) *entry = 0;
  return 0;
}

// The entry first: once closed, the number may be another's. After EINTR the descriptor is closed
// all the same: a retry could close another's.
int CloseFd(napi_env env, int fd) {
  std::atomic<Entry>* entry = Find(fd);
  if (entry != nullptr && *entry != 0) Set(entry, OwnerOf(env), 0);
  return close(fd);
}

Replacement::Replacement(int fd) : lock_(mutex), fd_(fd), owner_(kNobody) {
  const std::atomic<Entry>* entry = Find(fd);
  if (entry == nullptr || *entry == 0) return;
  const Entry seen = *entry;
  // One that was closed behind our back keeps no owner.
  if (seen == EntryOf(OwnerIn(seen), fd)) owner_ = OwnerIn(seen);
}

Replacement::~Replacement() {
  const int error = errno;
  std::atomic<Entry>* entry = Find(fd_);
  if (entry != nullptr && *entry != 0) *entry = owner_ == kNobody ? 0 : EntryOf(owner_, fd_);
  errno = error;
}

// Before InitLoop: what is registered later ends earlier, and the loop must let go of a descriptor
// before it is closed.
void InitOwned(napi_env env, napi_value exports) {
  static constinit std::atomic<Owner> last = kNobody;
  if (syscall(SYS_gettid) != getpid()) {
    void* owner = reinterpret_cast<void*>(static_cast<uintptr_t>(++last));
    napi_set_instance_data(env, owner, nullptr, nullptr);
    napi_add_env_cleanup_hook(env, OnEnvironmentExit, owner);
  }
  Export<Track>(env, exports, "track");
  Export<Untrack>(env, exports, "untrack");
}
