// The waits of an environment on its event loop: each watches one epoll descriptor of this package.
//
// All are members of one set (loopset.h), and one notifier tells when that is readable
// (notifier.h). The state of an environment hangs on its functions, so that any number of workers
// can load this.
#include <array>
#include <memory>
#include <vector>

#include "call.h"
#include "loopset.h"
#include "notifier.h"

namespace {

class Loop;

struct Watcher : Member {
  Loop* loop;
  napi_ref callback;
  // Whether JavaScript waits for the next report, and whether that keeps the process alive.
  bool wanted = false;
  bool referenced = true;
  bool held = false;
};

class Loop final : Notified {
 public:
  explicit Loop(napi_env env) : env_(env) {}

  // Node frees no reference that is left when an environment ends.
  ~Loop() {
    for (const auto& watcher : watchers_) {
      if (watcher != nullptr) napi_delete_reference(env_, watcher->callback);
    }
  }

  // Null, with errno, where the runtime or the kernel refuses.
  Watcher* Open(int epfd, napi_value callback, bool byThread) {
    // Only now: a program that never waits has nothing on its loop.
    if (notifier_ == nullptr) {
      by_thread_ = byThread;
      if (Start() == -1) return nullptr;
    }
    if (free_.empty()) {
      free_.push_back(static_cast<uint32_t>(watchers_.size()));
      watchers_.emplace_back();
    }
    const uint32_t id = free_.back();
    free_.pop_back();
    watchers_[id] = std::make_unique<Watcher>(Watcher{{id, ++last_tag_, epfd}, this, nullptr});
    napi_create_reference(env_, callback, 1, &watchers_[id]->callback);
    return watchers_[id].get();
  }

  void Close(Watcher* watcher) {
    Want(watcher, false);
    set_->Remove(watcher);
    closed_++;
    napi_delete_reference(env_, watcher->callback);
    free_.push_back(watcher->id);
    watchers_[watcher->id].reset();
  }

  int Arm(Watcher* watcher, Reports reports) {
    if (notifier_ == nullptr && Start() == -1) return -1;
    const int returned = watched_ ? set_->Set(watcher, reports) : 0;
    Want(watcher, returned != -1);
    return returned;
  }

  int Move(Watcher* watcher, int epfd) { return set_->Move(watcher, epfd); }

  void Want(Watcher* watcher, bool on) {
    watcher->wanted = on;
    Hold(watcher);
  }

  void Reference(Watcher* watcher, bool on) {
    watcher->referenced = on;
    Hold(watcher);
  }

  Watcher* Find(uint32_t id) const { return id < watchers_.size() ? watchers_[id].get() : nullptr; }

 private:
  // Begins with an empty set, also in the place of another one.
  int Start() {
    auto set = std::make_unique<LoopSet>();
    if (set->Open() == -1) return -1;
    Notifier* notifier = (by_thread_ ? NotifyByThread : NotifyByUv)(env_, set->fd(), this);
    if (notifier == nullptr) return -1;
    if (notifier_ != nullptr) notifier_->End();
    notifier_ = notifier;
    set_ = std::move(set);
    batch_ = {};
    watched_ = false;
    if (holding_ > 0) notifier_->Hold(true);
    for (const auto& watcher : watchers_) {
      if (watcher == nullptr) continue;
      watcher->added = false;
      watcher->reports = Reports::kNothing;
    }
    return 0;
  }

  // Whether anybody waits who keeps the process alive.
  void Hold(Watcher* watcher) {
    const bool on = watcher->wanted && watcher->referenced;
    if (watcher->held == on) return;
    watcher->held = on;
    const bool before = holding_ > 0;
    holding_ += on ? 1 : -1;
    if (notifier_ != nullptr && before != (holding_ > 0)) notifier_->Hold(holding_ > 0);
  }

  void OnWatched() override {
    watched_ = true;
    EachWanted([&](Watcher* watcher) {
      if (set_->Set(watcher, Reports::kLevel) == -1) Call(watcher);
    });
  }

  void OnLost() override {
    set_->Forget();
    if (Start() == 0) return;
    notifier_->End();
    notifier_ = nullptr;
    EachWanted([&](Watcher* watcher) { Call(watcher); });
  }

  // Each wait hears of it, and no thread takes the place of this one: it would fail as well. The
  // next wait tries anew.
  void OnFailed(int error) override {
    notifier_->End();
    notifier_ = nullptr;
    EachWanted([&](Watcher* watcher) { Call(watcher, error); });
  }

  // Where the kernel refuses, JavaScript is called: it asks its descriptor, arms again, and hears
  // of the refusal.
  template <typename F>
  void EachWanted(F call) {
    for (size_t id = 0; id < watchers_.size(); id++) {
      if (watchers_[id] != nullptr && watchers_[id]->wanted) call(watchers_[id].get());
    }
  }

  bool OnReadable() override {
    if (batch_.empty()) {
      uint32_t only;
      if (set_->HasOneId(&only)) return Report(watchers_[only].get()), false;
      if (Watcher* likely = Guess()) return Call(likely), false;
      batch_ = set_->Wait(room_);
      Learn(batch_);
      strange_ = false;
      closed_before_ = closed_;
    }
    bool called = false;
    while (!called && !batch_.empty()) {
      // First: JavaScript may turn the loop, and come here again.
      const epoll_event event = batch_.front();
      batch_ = batch_.subspan(1);
      called = Report(event);
    }
    if (!batch_.empty()) return true;
    // Nobody's event: a descriptor that was closed behind our back while a duplicate of it lives,
    // which nobody can remove. Not so one that a callback has just closed.
    if (strange_ && closed_before_ == closed_) Start();
    return false;
  }

  // To ask the set which member is ready is a system call for each wake-up. Where one alone has
  // been ready several times, it is so again: a busy selector among idle ones. Now and then the set
  // is asked all the same, so that no other one starves.
  Watcher* Guess() {
    constexpr int kTimes = 4, kMostGuesses = 16;
    if (times_ < kTimes || ++guesses_ > kMostGuesses) {
      guesses_ = 0;
      return nullptr;
    }
    Watcher* likely = Find(static_cast<uint32_t>(likely_));
    if (likely == nullptr || likely->tag != static_cast<uint32_t>(likely_ >> 32)) return nullptr;
    return likely->wanted && likely->reports == Reports::kLevel ? likely : nullptr;
  }

  void Learn(std::span<const epoll_event> events) {
    const uint64_t one = events.size() == 1 ? events.front().data.u64 : 0;
    times_ = one != 0 && one == likely_ ? times_ + 1 : 0;
    likely_ = one;
  }

  // Returns whether JavaScript was called.
  bool Report(const epoll_event& event) {
    Watcher* watcher = Find(static_cast<uint32_t>(event.data.u64));
    const auto tag = static_cast<uint32_t>(event.data.u64 >> 32);
    if (watcher != nullptr && watcher->tag == tag && watcher->reports != Reports::kNothing) {
      return Report(watcher);
    }
    strange_ = true;
    return false;
  }

  // What is ready and not wanted is silenced: a descriptor that nobody drains must not spin. Until
  // then a watcher stays armed, since its owner is likely to wait again.
  bool Report(Watcher* watcher) {
    if (watcher->wanted) return Call(watcher), true;
    set_->Set(watcher, Reports::kNothing);
    return false;
  }

  // Microtasks run before the call returns: a wait that they begin keeps the watcher armed.
  void Call(Watcher* watcher, int error = 0) {
    const Member called = *watcher;
    watcher->wanted = false;
    napi_handle_scope scope;
    if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
    napi_value callback, receiver, failure, result;
    if (error != 0) napi_create_int32(env_, -error, &failure);
    napi_get_reference_value(env_, watcher->callback, &callback);
    napi_get_global(env_, &receiver);
    if (napi_make_callback(env_, nullptr, receiver, callback, error != 0, &failure, &result) ==
        napi_pending_exception) {
      napi_value thrown;
      napi_get_and_clear_last_exception(env_, &thrown);
      napi_fatal_exception(env_, thrown);
    }
    napi_close_handle_scope(env_, scope);
    watcher = Find(called.id);
    if (watcher != nullptr && watcher->tag == called.tag) Hold(watcher);
  }

  void OnEnd() override { notifier_ = nullptr; }

  friend void OnEnvironmentExit(void* data);

  napi_env env_;
  Notifier* notifier_ = nullptr;
  bool by_thread_ = false;
  std::unique_ptr<LoopSet> set_;
  bool watched_ = false;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::vector<uint32_t> free_;
  uint32_t last_tag_ = 0;
  size_t closed_ = 0;
  // The events of which the watchers are still to be called, and what was seen among those before.
  std::array<epoll_event, 64> room_;
  std::span<epoll_event> batch_;
  bool strange_ = false;
  size_t closed_before_ = 0;
  uint64_t likely_ = 0;  // tag and id of the only one that was ready last, which is never 0
  int times_ = 0;
  int guesses_ = 0;
  int holding_ = 0;
};

// Before or after the notifier has heard of the end.
void OnEnvironmentExit(void* data) {
  const std::unique_ptr<Loop> loop(static_cast<Loop*>(data));
  if (loop->notifier_ != nullptr) loop->notifier_->End();
}

bool ReadArgument(Arguments& in, Loop** out) {
  *out = static_cast<Loop*>(in.state);
  return true;
}

// A watcher of the calling environment, by its number.
bool ReadArgument(Arguments& in, Watcher** out) {
  uint32_t id;
  if (!ReadArgument(in, &id)) return false;
  *out = static_cast<Loop*>(in.state)->Find(id);
  return *out != nullptr;
}

// Returns the number of a new watcher, not armed. The first of an environment decides whether libuv
// or a thread watches all of them.
int LoopOpen(Loop* loop, int epfd, Function onReadable, int byThread) {
  const Watcher* watcher = loop->Open(epfd, onReadable.value, byThread != 0);
  return watcher == nullptr ? -1 : static_cast<int>(watcher->id);
}

// The callback is called once the descriptor is readable, once unless armed again. With `edge` it
// is called when that changes: for who has asked the descriptor, and knows that it is not.
int LoopArm(Watcher* watcher, int edge) {
  return watcher->loop->Arm(watcher, edge != 0 ? Reports::kEdge : Reports::kLevel);
}

int LoopStop(Watcher* watcher) {
  watcher->loop->Want(watcher, false);
  return 0;
}

// Whether the watcher, while armed, keeps the process alive.
int LoopRef(Watcher* watcher, int on) {
  watcher->loop->Reference(watcher, on != 0);
  return 0;
}

// Both descriptors must be open. Refused, the watcher keeps the one it has.
int LoopMove(Watcher* watcher, int epfd) { return watcher->loop->Move(watcher, epfd); }

// The descriptor must be open, and may be closed as soon as this returns.
int LoopClose(Watcher* watcher) {
  watcher->loop->Close(watcher);
  return 0;
}

}  // namespace

void InitLoop(napi_env env, napi_value exports) {
  auto* loop = new Loop(env);
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, loop);
  Export<LoopOpen>(env, exports, "loopOpen", loop);
  Export<LoopArm>(env, exports, "loopArm", loop);
  Export<LoopStop>(env, exports, "loopStop", loop);
  Export<LoopRef>(env, exports, "loopRef", loop);
  Export<LoopMove>(env, exports, "loopMove", loop);
  Export<LoopClose>(env, exports, "loopClose", loop);
}
