// The plain loop on io_uring(7), by system calls alone: chain and echo. Receives are multishot, into
// buffers that all share: few of them are in use, so that they stay in the processor's cache. Sends
// complete only if the kernel cannot take all bytes when it takes the submission: those that it has
// taken and not reported are done.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "peer.h"

// Written out: the header of the system may be older than its kernel.
enum { kSend = 26, kRecv = 27, kAccept = 13, kCancel = 14, kClose = 19 };
enum { kLink = 8, kSelectBuffer = 32, kSkipSuccess = 64, kAcceptMultishot = 1, kRecvMultishot = 2 };
enum { kGetEvents = 1, kRegisterBuffers = 22 };
enum { kHasBuffer = 1, kHasMore = 2 };
enum { kClamp = 1 << 4, kSubmitAll = 1 << 7, kSingleIssuer = 1 << 12, kDefer = 1 << 13 };
enum { kCqSize = 1 << 3 };
enum { kEntries = 256, kCompletions = 4096, kBuffers = 1024, kBufferSize = 16384 };
enum { kBusy = 1 << 16, kFirstBuffers = 32 };

typedef struct {
  uint8_t opcode, flags;
  uint16_t ioprio;
  int32_t fd;
  uint64_t offset, address;
  uint32_t length, op_flags;
  uint64_t user_data;
  uint64_t group, pad[2];
} Sqe;

typedef struct {
  uint64_t user_data;
  int32_t result;
  uint32_t flags;
} Cqe;

typedef struct {
  uint64_t address;
  uint32_t length;
  uint16_t number, tail;
} Buffer;

static struct {
  uint32_t sq_entries, cq_entries, flags, cpu, idle, features, wq, reserved[3];
  uint32_t sq_head, sq_tail, sq_mask, sq_count, sq_flags, dropped, array, r1;
  uint64_t sq_address;
  uint32_t cq_head, cq_tail, cq_mask, cq_count, overflow, cqes, cq_flags, r2;
  uint64_t cq_address;
} params;

static int ring;
static uint8_t *queues;
static Sqe *sqes;
static uint32_t tail, submitted;
static Buffer *shared;
static uint16_t shared_tail;
static char *memory;
static int lengths[kBuffers], next_send[kBuffers];
// How many buffers the kernel has and should have; those held back, of which the last goes first.
static int given, wanted = kFirstBuffers;
static int spare[kBuffers], spare_count;
// The buffers that are being sent silently, and to whom. Does something wait for one of them?
static int silent[kBuffers], silent_count, silent_fd[kBuffers], is_silent[kBuffers], held_up;

#define WORD(offset) (*(volatile uint32_t *)(queues + (offset)))

static void enter(int least) {
  WORD(params.sq_tail) = tail;
  const int count = syscall(426, ring, tail - submitted, least, kGetEvents, NULL, 0);
  if (count < 0 && errno != EINTR) die("io_uring_enter");
  if (count > 0) submitted += count;
}

INLINE Sqe *prepare(int opcode, int fd, uint64_t user_data) {
  if (tail - WORD(params.sq_head) == params.sq_entries) enter(0);
  Sqe *sqe = &sqes[tail++ & (params.sq_entries - 1)];
  *sqe = (Sqe){.opcode = opcode, .fd = fd, .user_data = user_data};
  return sqe;
}

// What a completion is of: the operation, a buffer, and a descriptor.
INLINE uint64_t tag(int opcode, int buffer, int fd) {
  return (uint64_t)opcode << 56 | (uint64_t)buffer << 32 | (uint32_t)fd;
}

INLINE void add(int number) {
  Buffer *buffer = &shared[shared_tail++ & (kBuffers - 1)];
  buffer->address = (uintptr_t)(memory + (size_t)number * (kBufferSize + 64));
  buffer->length = kBufferSize;
  buffer->number = number;
  given++;
}

INLINE void give(int number) {
  if (given < wanted) {
    add(number);
  } else {
    spare[spare_count++] = number;
  }
}

INLINE void publish(void) {
  while (given < wanted && spare_count > 0) add(spare[--spare_count]);
  __atomic_store_n(&shared[0].tail, shared_tail, __ATOMIC_RELEASE);
}

INLINE void receive(int fd) {
  Sqe *sqe = prepare(kRecv, fd, tag(kRecv, 0, fd));
  sqe->flags = kSelectBuffer;
  sqe->ioprio = kRecvMultishot;
}

// Sends a buffer from a byte on.
INLINE Sqe *send_rest(int fd, int number, int from) {
  Sqe *sqe = prepare(kSend, fd, tag(kSend, number, fd));
  sqe->address = (uintptr_t)(memory + (size_t)number * (kBufferSize + 64) + from);
  sqe->length = lengths[number] - from;
  sqe->op_flags = MSG_NOSIGNAL | MSG_WAITALL;
  return sqe;
}

INLINE void send_buffer(int fd, int number) {
  Sqe *sqe = send_rest(fd, number, 0);
  sqe->flags = kSkipSuccess;
  sqe->op_flags |= MSG_DONTWAIT;
  silent[silent_count++] = number;
  silent_fd[number] = fd;
  is_silent[number] = 1;
}

static void *map(size_t size, int fd, off_t offset) {
  const int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE;
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, offset);
  if (at == MAP_FAILED) die("mmap");
  return at;
}

// A system call of io_uring failed: because it is missing or forbidden, or as nobody expects.
static void refuse(const char *call) {
  if (errno == EPERM || errno == ENOSYS) skip("io_uring is forbidden here, or missing");
  die(call);
}

static void open_ring(void) {
  params.cq_entries = kCompletions;
  params.flags = kCqSize | kClamp | kSubmitAll | kSingleIssuer | kDefer;
  ring = syscall(425, kEntries, &params);
  if (ring < 0 && errno == EINVAL) skip("needs Linux 6.1");
  if (ring < 0) refuse("io_uring_setup");
  const size_t sq = params.array + params.sq_entries * 4, cq = params.cqes + params.cq_entries * 16;
  queues = map(sq > cq ? sq : cq, ring, 0);
  sqes = map(params.sq_entries * sizeof *sqes, ring, 0x10000000);
  for (uint32_t i = 0; i < params.sq_entries; i++) WORD(params.array + 4 * i) = i;
  shared = map(kBuffers * sizeof *shared, -1, 0);
  memory = map((size_t)kBuffers * (kBufferSize + 64), -1, 0);
  struct {
    uint64_t address;
    uint32_t count;
    uint16_t group, flags;
    uint64_t reserved[3];
  } registration = {(uintptr_t)shared, kBuffers, 0, 0, {0}};
  if (syscall(427, ring, kRegisterBuffers, &registration, 1) != 0) refuse("io_uring_register");
  for (int i = 0; i < kBuffers; i++) give(i);
  publish();
}

// Receives that found no buffer begin again when some were given back.
static int *starved, starved_count;

// A send was reported: a silent one that failed or was cut short, or the one for the rest of it.
INLINE void reported(int fd, int number, int result, void (*sent)(int fd, int number)) {
  const int sends_on = is_silent[number] && (result == -EAGAIN || result >= 0);
  is_silent[number] = 0;
  // This time the kernel waits until all is sent.
  if (sends_on) {
    send_rest(fd, number, result < 0 ? 0 : result);
  } else {
    sent(fd, number);
  }
}

// Those that the kernel has taken and not reported are done. What they let begin comes behind.
INLINE void settle(int count, void (*sent)(int fd, int number)) {
  for (int i = 0; i < count; i++) {
    const int number = silent[i];
    if (!is_silent[number]) continue;
    is_silent[number] = 0;
    sent(silent_fd[number], number);
  }
  silent_count -= count;
  memmove(silent, silent + count, silent_count * sizeof *silent);
}

INLINE void turn(void (*received)(int fd, int number, int result),
                 void (*sent)(int fd, int number), void (*accepted)(int fd)) {
  const int least = held_up ? 0 : 1;
  held_up = 0;
  enter(least);
  const int taken = tail == submitted ? silent_count : 0;
  uint32_t head = WORD(params.cq_head);
  const uint32_t end = __atomic_load_n((uint32_t *)(queues + params.cq_tail), __ATOMIC_ACQUIRE);
  for (; head != end; head++) {
    const Cqe *cqe = (Cqe *)(queues + params.cqes) + (head & (params.cq_entries - 1));
    const int opcode = cqe->user_data >> 56, fd = (int)cqe->user_data;
    if (opcode == kRecv && cqe->result == -ENOBUFS) {
      starved[starved_count++] = fd;
    } else if (opcode == kRecv) {
      if ((cqe->flags & kHasBuffer) != 0) given--;
      if ((cqe->flags & kHasBuffer) != 0 && cqe->result <= 0) give(cqe->flags >> 16);
      received(fd, cqe->flags >> 16, cqe->result);
      if (cqe->result > 0 && (cqe->flags & kHasMore) == 0) receive(fd);
    } else if (opcode == kSend) {
      reported(fd, (int)(cqe->user_data >> 32 & 0xffff), cqe->result, sent);
    } else if (opcode == kAccept && cqe->result >= 0) {
      accepted(cqe->result);
    }
  }
  __atomic_store_n((uint32_t *)(queues + params.cq_head), head, __ATOMIC_RELEASE);
  settle(taken, sent);
  if (starved_count > 0 && wanted < kBuffers) wanted *= 2;
  publish();
  while (starved_count > 0) receive(starved[--starved_count]);
}

static void no_accept(int fd) { (void)fd; }

// chain: each event receives one byte and, while writes remain, sends one to the next pair.

static int fds, active, writes_left, consumed;

static void chain_received(int fd, int number, int result) {
  if (result <= 0) die("recv");
  consumed++;
  lengths[number] = 1;
  if (writes_left == 0) {
    give(number);
    return;
  }
  writes_left--;
  const int next = pair_of[fd] + 1;
  send_buffer(writers[next == fds ? 0 : next], number);
}

static void chain_sent(int fd, int number) {
  (void)fd;
  give(number);
}

static double chain(void) {
  const int total = active + arg_int("writes", 1000);
  writes_left = total - active;
  consumed = 0;
  for (int i = 0; i < active; i++) {
    if (send(writers[(long)i * fds / active], "x", 1, 0) != 1) die("send");
  }
  const double start = now_ns();
  while (consumed < total) turn(chain_received, chain_sent, no_accept);
  return (now_ns() - start) / total;
}

// echo: one send at a time on each connection, the others in a list.

static int sending[kBusy], last[kBusy], ending[kBusy];

static void end_connection(int fd) {
  Sqe *cancel = prepare(kCancel, -1, tag(kCancel, 0, fd));
  cancel->address = tag(kRecv, 0, fd);
  cancel->flags = kLink;
  prepare(kClose, fd, tag(kClose, 0, fd));
}

static void echo_received(int fd, int number, int result) {
  if (result <= 0) {
    ending[fd] = held_up = 1;
    if (!sending[fd]) end_connection(fd);
    return;
  }
  lengths[number] = result;
  next_send[number] = -1;
  if (sending[fd]) {
    next_send[last[fd]] = number;
    held_up = 1;
  } else {
    sending[fd] = 1;
    send_buffer(fd, number);
  }
  last[fd] = number;
}

static void echo_sent(int fd, int number) {
  const int next = next_send[number];
  give(number);
  if (next >= 0) {
    send_buffer(fd, next);
    held_up = next_send[next] >= 0 || ending[fd] || held_up;
    return;
  }
  sending[fd] = 0;
  if (ending[fd]) end_connection(fd);
}

static void echo_accepted(int fd) {
  const int on = 1;
  if (fd >= kBusy) die("too many descriptors");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sending[fd] = ending[fd] = 0;
  receive(fd);
}

static void on_end(int signal) {
  (void)signal;
  _exit(0);
}

static void echo(void) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0) die("bind");
  if (listen(listener, 4096) != 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  signal(SIGTERM, on_end);
  prepare(kAccept, listener, tag(kAccept, 0, listener))->ioprio = kAcceptMultishot;
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) turn(echo_received, echo_sent, echo_accepted);
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  open_ring();
  starved = malloc(kBusy * sizeof *starved);
  if (strcmp(arg("trial", "chain"), "echo") == 0) echo();
  fds = arg_int("fds", 1000);
  active = arg_int("active", 100);
  open_pairs(fds);
  // Here the kernel waits, so nothing has to return at once.
  for (int i = 0; i < fds; i++) {
    fcntl(readers[i], F_SETFL, 0);
    receive(readers[i]);
  }
  measure(chain);
  return 0;
}
