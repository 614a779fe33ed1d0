// getaddrinfo(3) in a thread of the runtime's pool, for those whose own thread must not wait. An
// eventfd is readable once there is an answer.
//
// The thread cannot be stopped. So what it works on belongs to it, too, and it signals by a
// descriptor of its own: the number that JavaScript knows may be another file's by then.
#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <unordered_map>

#include "call.h"
#include "resolver.h"

namespace {

using Host = std::optional<Text<NI_MAXHOST>>;
using Service = std::optional<Text<NI_MAXSERV>>;

class Lookup {
 public:
  Lookup(const Host& host, const Service& service, const addrinfo& hints, int signal)
      : host_(host), service_(service), hints_(hints), signal_(signal) {}

  ~Lookup() {
    if (list_ != nullptr) freeaddrinfo(list_);
    if (!done_) close(signal_);
  }
  Lookup(const Lookup&) = delete;

  // In the thread of the pool.
  void Run() {
    code_ = getaddrinfo(CharsOf(host_), CharsOf(service_), &hints_, &list_);
    errno_ = errno;
    done_ = true;
    eventfd_write(signal_, 1);
    close(signal_);
  }

  // As getaddrinfo in address.cc returns it, as often as it is asked.
  int Answer(Ints<> results, Bytes canonname, Ints<1> eai) const {
    if (!done_) return Fail(EAGAIN);
    eai[0] = code_;
    if (code_ == EAI_SYSTEM) return Fail(errno_);
    return code_ == 0 ? WriteAddresses(list_, results, canonname) : 0;
  }

 private:
  const Host host_;
  const Service service_;
  const addrinfo hints_;
  const int signal_;
  int code_ = 0;
  int errno_ = 0;
  addrinfo* list_ = nullptr;
  std::atomic<bool> done_ = false;
};

using Shared = std::shared_ptr<Lookup>;
// By the descriptors that JavaScript knows.
using Lookups = std::unordered_map<int, Shared>;

bool ReadArgument(Arguments& in, Lookups** out) {
  *out = static_cast<Lookups*>(in.state);
  return true;
}

// A lookup on its way, which the runtime holds.
struct Job {
  Shared lookup;
  napi_async_work work;
};

// The rest of the job goes when the event loop turns, and a program may not let it.
void Execute(napi_env, void* data) {
  auto* job = static_cast<Job*>(data);
  job->lookup->Run();
  job->lookup.reset();
}

void OnComplete(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  napi_delete_async_work(env, job->work);
}

bool Queue(napi_env env, const Shared& lookup) {
  auto job = std::make_unique<Job>(Job{lookup, nullptr});
  napi_value name;
  if (napi_create_string_utf8(env, "fd-selectors", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, nullptr, name, Execute, OnComplete, job.get(), &job->work) !=
          napi_ok) {
    return false;
  }
  if (napi_queue_async_work(env, job->work) != napi_ok) {
    napi_delete_async_work(env, job->work);
    return false;
  }
  job.release();
  return true;
}

// Returns the descriptor that becomes readable.
NewFd LookupOpen(Lookups* lookups, napi_env env, Host host, Service service, Ints<kHints> hints) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int signal = fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (signal == -1) {
    const int error = errno;
    if (fd != -1) close(fd);
    return {Fail(error)};
  }
  // Not by std::make_shared, which needs GLIBCXX_3.4.26.
  const Shared lookup(new Lookup(host, service, HintsOf(hints), signal));
  if (!Queue(env, lookup)) {
    close(fd);
    return {Fail(ENOSYS)};
  }
  (*lookups)[fd] = lookup;
  return {fd};
}

// As getaddrinfo does, or -EAGAIN before there is an answer.
int LookupAnswer(Lookups* lookups, int fd, Ints<> results, Bytes canonname, Ints<1> eai) {
  const auto found = lookups->find(fd);
  if (found == lookups->end()) return Fail(EBADF);
  return canonname.empty() ? Invalid() : found->second->Answer(results, canonname, eai);
}

// Nobody wants the answer any more. The thread goes on until it has it.
int LookupClose(Lookups* lookups, napi_env env, int fd) {
  return lookups->erase(fd) == 0 ? Fail(EBADF) : CloseFd(env, fd);
}

}  // namespace

void InitLookup(napi_env env, napi_value exports) {
  auto* lookups = new Lookups;
  napi_add_env_cleanup_hook(
      env, [](void* data) { delete static_cast<Lookups*>(data); }, lookups);
  Export<LookupOpen>(env, exports, "lookupOpen", lookups);
  Export<LookupAnswer>(env, exports, "lookupAnswer", lookups);
  Export<LookupClose>(env, exports, "lookupClose", lookups);
}
