// Batches: a wait that also receives, and a send for many sockets. The one exception to "one
// function, one system call": see docs/decisions/0020-batches.md.
//
// What is received and sent is in one arena. Rows of words say whose bytes are where.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

#include "address.h"
#include "call.h"
#include "epoll.h"

namespace {

constexpr size_t kMostEvents = 1024;
// Messages in one recvmmsg(2) or sendmmsg(2).
constexpr size_t kMostMessages = 64;
// Bytes of one socket begin on a cache line.
constexpr size_t kLine = 64;
// A datagram stands behind its address.
constexpr size_t kAddressSize = kAddressWords * sizeof(int32_t);
constexpr uint32_t kReadable = EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP;

// recv(2) and send(2) are points of cancellation in the C library: in a process with threads,
// entering and leaving such a point costs two atomic operations. A call that does not wait needs
// none.
ssize_t ReceiveBytes(int fd, uint8_t* data, size_t length, int flags) {
#ifdef SYS_recvfrom
  return syscall(SYS_recvfrom, fd, data, length, flags, nullptr, nullptr);
#else
  return recv(fd, data, length, flags);
#endif
}

ssize_t SendBytes(int fd, const uint8_t* data, size_t length, int flags) {
#ifdef SYS_sendto
  return syscall(SYS_sendto, fd, data, length, flags, nullptr, 0);
#else
  return send(fd, data, length, flags);
#endif
}

size_t Align(size_t bytes) { return (bytes + kLine - 1) & ~(kLine - 1); }

// Indexed by descriptor. A registration with another tag is not a member, nor is a descriptor
// beyond the end.
struct Member {
  int32_t tag;
  int32_t most;       // how many bytes to receive; 0 for none
  int32_t datagrams;  // how many of them, each of at most so many bytes; 0 for a stream
};

// `result` is what the receiving call returned, or -EAGAIN if there was none. `flags` are those of
// a datagram, or kNotTried.
struct Received {
  int32_t fd, tag, events, result, offset, flags;
};

constexpr int32_t kNotTried = -1;

enum Kind : int32_t { kStream, kDatagram, kDatagramTo };

// `after` is the row before it of the same socket, or -1. Unless that one was sent whole, this one
// must wait.
struct Queued {
  int32_t fd, offset, length, kind, after, result;
};

// Fills the arena and the rows, event by event.
class Receiver {
 public:
  Receiver(std::span<Received> rows, std::span<uint8_t> arena, int flags)
      : rows_(rows), arena_(arena), flags_(flags) {}

  size_t count() const { return count_; }

  // Leaves `rows` for the events that follow. A member whose bytes do not fit is not tried: it is
  // ready the next time, too.
  void Add(const epoll_event& event, std::span<const Member> members, size_t rows) {
    const auto fd = static_cast<int32_t>(event.data.u64);
    const auto tag = static_cast<int32_t>(event.data.u64 >> 32);
    Received row = {fd, tag, static_cast<int32_t>(event.events), -EAGAIN, 0, 0};
    const auto index = static_cast<uint32_t>(fd);
    const Member* member = index < members.size() ? &members[index] : nullptr;
    const bool receives = member != nullptr && member->tag == tag && member->most > 0 &&
                          (event.events & kReadable) != 0;
    if (receives && member->datagrams > 0) {
      AddDatagrams(row, *member, rows_.size() - count_ - rows);
      return;
    }
    if (receives && Fits(member->most)) {
      row.offset = static_cast<int32_t>(used_);
      row.result = Result(ReceiveBytes(fd, arena_.data() + used_, member->most, flags_));
      if (row.result > 0) used_ += Align(row.result);
    } else if (receives) {
      row.flags = kNotTried;
    }
    rows_[count_++] = row;
  }

 private:
  static int32_t Result(ssize_t returned) {
    return static_cast<int32_t>(returned == -1 ? -errno : returned);
  }

  bool Fits(size_t bytes) const { return bytes + used_ <= arena_.size(); }

  void AddDatagrams(Received row, const Member& member, size_t rows) {
    const size_t slot = Align(kAddressSize + member.most);
    const size_t room = Fits(0) ? (arena_.size() - used_) / slot : 0;
    const size_t most =
        std::min({static_cast<size_t>(member.datagrams), kMostMessages, room, rows});
    if (most == 0) {
      row.flags = kNotTried;
      rows_[count_++] = row;
      return;
    }
    mmsghdr messages[kMostMessages] = {};
    iovec data[kMostMessages];
    for (size_t i = 0; i < most; i++) {
      uint8_t* const start = arena_.data() + used_ + i * slot;
      data[i] = {start + kAddressSize, static_cast<size_t>(member.most)};
      messages[i].msg_hdr.msg_iov = &data[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = start;
      messages[i].msg_hdr.msg_namelen = kAddressBytes;
    }
    const int received = recvmmsg(row.fd, messages, static_cast<unsigned>(most), flags_, nullptr);
    for (int i = 0; i < received; i++) AddDatagram(row, messages[i], slot);
    if (received > 0) return;
    row.result = Result(received);
    rows_[count_++] = row;
  }

  void AddDatagram(Received row, const mmsghdr& message, size_t slot) {
    const socklen_t length = std::min(message.msg_hdr.msg_namelen, kAddressBytes);
    memcpy(arena_.data() + used_ + kAddressBytes, &length, sizeof(length));
    row.result = static_cast<int32_t>(message.msg_len);
    row.offset = static_cast<int32_t>(used_ + kAddressSize);
    row.flags = message.msg_hdr.msg_flags;
    rows_[count_++] = row;
    used_ += slot;
  }

  const std::span<Received> rows_;
  const std::span<uint8_t> arena_;
  const int flags_;
  size_t count_ = 0;
  size_t used_ = 0;
};

// Waits for at most so many events, and receives from members that are ready, into the first
// `limit` bytes of the arena. Goes around the events from number `first` on, counted around, so
// that not always the same ones find no room. Returns the number of rows.
int BatchReceive(int epfd, Structs<Received> rows, Length maxevents, Structs<Member> members,
                 Structs<uint8_t> arena, Length limit, int first, int flags, Timeout timeout) {
  const size_t most = std::min<size_t>(kMostEvents, maxevents);
  if (most == 0 || limit > INT32_MAX || first < 0) return Invalid();
  epoll_event events[kMostEvents];
  const int returned = WaitForEvents(epfd, {events, most}, timeout);
  if (returned == -1) return -1;
  const auto ready = static_cast<size_t>(returned);
  const size_t start = ready == 0 ? 0 : first % ready;
  Receiver receiver(rows, arena.first(limit), flags);
  for (size_t i = 0; i < ready; i++) {
    const size_t at = start + i;
    receiver.Add(events[at < ready ? at : at - ready], members, ready - 1 - i);
  }
  return static_cast<int>(receiver.count());
}

// Sends rows of the arena that follow one another: those of one socket in one call, if they are
// datagrams.
class Sender {
 public:
  Sender(std::span<Queued> rows, std::span<uint8_t> arena, int flags)
      : rows_(rows), arena_(arena), flags_(flags) {}

  // Returns how many rows it dealt with.
  size_t Send(size_t first) {
    Queued& row = rows_[first];
    row.result = Refusal(first);
    if (row.result != 0) return 1;
    if (row.kind != kStream) return SendDatagrams(first);
    const ssize_t sent = SendBytes(row.fd, arena_.data() + row.offset, row.length, flags_);
    row.result = static_cast<int32_t>(sent == -1 ? -errno : sent);
    return 1;
  }

 private:
  // Why a row cannot be sent; 0 if it can.
  int32_t Refusal(size_t at) const {
    const Queued& row = rows_[at];
    const int64_t first = row.kind == kDatagramTo ? kAddressSize : 0;
    if (row.kind < kStream || row.kind > kDatagramTo || row.offset < first || row.length < 0 ||
        int64_t{row.offset} + row.length > static_cast<int64_t>(arena_.size())) {
      return -EINVAL;
    }
    if (row.after < 0) return 0;
    if (static_cast<size_t>(row.after) >= at) return -EINVAL;
    const Queued& before = rows_[row.after];
    // A datagram that was refused is gone: only a full socket keeps back what follows.
    const bool waits =
        row.kind == kStream ? before.result != before.length : before.result == -EAGAIN;
    return waits ? -EAGAIN : 0;
  }

  size_t SendDatagrams(size_t first) {
    mmsghdr messages[kMostMessages] = {};
    iovec data[kMostMessages];
    const int fd = rows_[first].fd;
    size_t count = 0;
    // Each but the first follows one that is not sent yet, which Refusal takes for whole.
    while (count < kMostMessages && first + count < rows_.size()) {
      Queued& row = rows_[first + count];
      if (row.fd != fd || row.kind == kStream) break;
      if (count > 0 && (row.result = 0, Refusal(first + count) != 0)) break;
      SetMessage(row, &messages[count].msg_hdr, &data[count]);
      count++;
    }
    const int sent = sendmmsg(fd, messages, static_cast<unsigned>(count), flags_);
    if (sent == -1) rows_[first].result = -errno;
    for (int i = 0; i < sent; i++)
      rows_[first + i].result = static_cast<int32_t>(messages[i].msg_len);
    return std::max(sent, 1);
  }

  void SetMessage(const Queued& row, msghdr* message, iovec* data) const {
    uint8_t* const start = arena_.data() + row.offset;
    *data = {start, static_cast<size_t>(row.length)};
    message->msg_iov = data;
    message->msg_iovlen = 1;
    if (row.kind != kDatagramTo) return;
    socklen_t length;
    memcpy(&length, start - sizeof(length), sizeof(length));
    message->msg_name = start - kAddressSize;
    message->msg_namelen = std::min(length, kAddressBytes);
  }

  const std::span<Queued> rows_;
  const std::span<uint8_t> arena_;
  const int flags_;
};

// Sends the first `count` rows, and writes the result of each into it.
int BatchSend(Structs<Queued> rows, Length count, Structs<uint8_t> arena, int flags) {
  Sender sender(rows.first(count), arena, flags);
  for (size_t i = 0; i < count;) i += sender.Send(i);
  return 0;
}

}  // namespace

void InitBatch(napi_env env, napi_value exports) {
  Export<BatchReceive>(env, exports, "batchReceive");
  Export<BatchSend>(env, exports, "batchSend");
}
