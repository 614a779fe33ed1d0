// The load for the trials echo and models: clients in a closed loop, each with one message under
// way. Opens all connections, one after the other, with one round trip on each, and prints
// {"opened":N}; goes on when a line comes on stdin; prints requests per second, the server's CPU
// time per request, the latencies and the median time that a connection took until its first reply.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "peer.h"

enum { kSub = 64, kBuckets = 64 * kSub };

typedef struct {
  int fd;
  int received;
  double sent_at;
} Client;

static struct sockaddr_in address = {.sin_family = AF_INET};
static int epfd, bytes, reconnect;
static char *message, *reply;
static long histogram[kBuckets], requests;

// Latencies are counted in buckets of 1/64 of their power of two: exact to 1.6 %.
static int bucket_of(unsigned long ns) {
  if (ns < kSub) return (int)ns;
  const int shift = 63 - __builtin_clzl(ns) - 6;
  return (shift + 1) * kSub + (int)((ns >> shift) & (kSub - 1));
}

static double percentile(double share) {
  long left = (long)(requests * share);
  int bucket = 0;
  while (bucket < kBuckets - 1 && (left -= histogram[bucket]) >= 0) bucket++;
  const int shift = bucket / kSub - 1;
  return shift < 0 ? bucket : (double)((unsigned long)(kSub + bucket % kSub) << shift);
}

static void open_client(Client *client) {
  const int on = 1;
  // Resets on close, so that thousands of closed connections do not use up the ports.
  const struct linger reset = {1, 0};
  client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client->fd < 0) die("socket");
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
}

static void send_message(Client *client) {
  client->received = 0;
  client->sent_at = now_ns();
  if (send(client->fd, message, bytes, MSG_NOSIGNAL) != bytes) die("send");
}

static void receive_some(Client *client) {
  const ssize_t got = recv(client->fd, reply, bytes - client->received, 0);
  if (got <= 0) die("recv");
  client->received += got;
}

static void watch(Client *client) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  if (epoll_ctl(epfd, EPOLL_CTL_ADD, client->fd, &event) != 0) die("epoll_ctl");
}

static double open_all(Client *clients, int count) {
  double *took = malloc(count * sizeof *took);
  for (int i = 0; i < count; i++) {
    const double start = now_ns();
    open_client(&clients[i]);
    send_message(&clients[i]);
    while (clients[i].received < bytes) receive_some(&clients[i]);
    took[i] = now_ns() - start;
    watch(&clients[i]);
  }
  qsort(took, count, sizeof *took, compare_doubles);
  return took[count / 2];
}

static void on_readable(Client *client) {
  receive_some(client);
  if (client->received < bytes) return;
  histogram[bucket_of((unsigned long)(now_ns() - client->sent_at))]++;
  requests++;
  if (reconnect) {
    const double start = now_ns();
    close(client->fd);
    open_client(client);
    watch(client);
    send_message(client);
    client->sent_at = start;
    return;
  }
  send_message(client);
}

// Until the time is over, and at least until one reply: on a busy machine it may take longer.
static void serve_until(double end) {
  static struct epoll_event events[1024];
  while (now_ns() < end || requests == 0) {
    const int count = epoll_wait(epfd, events, 1024, 60000);
    if (count < 0 && errno == EINTR) continue;  // It was stopped by Ctrl-Z, and goes on.
    if (count < 0) die("epoll_wait");
    if (count == 0) die("no reply in a minute");
    for (int i = 0; i < count; i++) on_readable(events[i].data.ptr);
  }
}

// Nanoseconds of CPU that all threads of the process server=PID have used, exact to the nanosecond.
static double server_cpu(void) {
  clockid_t clock;
  struct timespec used;
  if (clock_getcpuclockid(arg_int("server", 0), &clock) != 0) die("clock_getcpuclockid");
  if (clock_gettime(clock, &used) != 0) die("clock_gettime");
  return used.tv_sec * 1e9 + used.tv_nsec;
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  const int count = arg_int("connections", 100);
  const double warmup = arg_int("warmup", 500) * 1e6, measured = arg_int("ms", 1000) * 1e6;
  address.sin_port = htons(arg_int("port", 0));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bytes = arg_int("bytes", 64);
  reconnect = arg_int("reconnect", 0);
  message = malloc(bytes);
  reply = malloc(bytes);
  memset(message, 'x', bytes);
  epfd = epoll_create1(EPOLL_CLOEXEC);
  Client *clients = calloc(count, sizeof *clients);
  const double startup = open_all(clients, count);
  printf("{\"opened\":%d}\n", count);
  fflush(stdout);
  if (getchar() == EOF) return 0;
  for (int i = 0; i < count; i++) send_message(&clients[i]);
  serve_until(now_ns() + warmup);
  memset(histogram, 0, sizeof histogram);
  requests = 0;
  const double start = now_ns(), cpu = server_cpu();
  serve_until(start + measured);
  // The CPU time first: what the server does between the two must not count.
  const double used = server_cpu() - cpu, took = now_ns() - start;
  printf("{\"requests\":%.0f,\"cpu\":%.0f,\"p50\":%.0f,\"p99\":%.0f,\"startup\":%.0f}\n",
         requests / (took / 1e9), used / requests, percentile(0.5), percentile(0.99), startup);
  return 0;
}
