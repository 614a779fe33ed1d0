// The load of the trials with a server: clients in a closed loop, each with one message under way.
// Opens all connections, one after the other, with one round trip on each, and prints {"opened":N}
// with the median time until the first reply. Then takes a turn of MS milliseconds for each line MS
// on stdin, and prints requests per second, the server's CPU time per request and the latencies. A
// turn begins with a message on each connection and ends when all are answered, so that what the
// server did for a request counts with it, and servers can take turns on one core.
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
static int ending, unanswered;
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

static void begin_request(Client *client) {
  client->sent_at = now_ns();
  if (reconnect) {
    close(client->fd);
    open_client(client);
    watch(client);
  }
  send_message(client);
}

static void on_readable(Client *client) {
  receive_some(client);
  if (client->received < bytes) return;
  histogram[bucket_of((unsigned long)(now_ns() - client->sent_at))]++;
  requests++;
  if (ending) {
    unanswered--;
  } else {
    begin_request(client);
  }
}

// Until the time is over and all requests are answered.
static void serve_until(double end) {
  static struct epoll_event events[1024];
  while (unanswered > 0) {
    const int count = epoll_wait(epfd, events, 1024, 60000);
    if (count < 0 && errno == EINTR) continue;  // It was stopped by Ctrl-Z, and goes on.
    if (count < 0) die("epoll_wait");
    if (count == 0) die("no reply in a minute");
    ending = now_ns() >= end;
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

static void take_turn(Client *clients, int count, double ms) {
  memset(histogram, 0, sizeof histogram);
  requests = 0;
  unanswered = count;
  ending = 0;
  const double start = now_ns(), cpu = server_cpu();
  for (int i = 0; i < count; i++) begin_request(&clients[i]);
  serve_until(start + ms * 1e6);
  const double used = server_cpu() - cpu, took = now_ns() - start;
  printf("{\"requests\":%.0f,\"cpu\":%.1f,\"p50\":%.0f,\"p99\":%.0f}\n", requests / (took / 1e9),
         used / requests, percentile(0.5), percentile(0.99));
  fflush(stdout);
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  const int count = arg_int("connections", 100);
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
  printf("{\"opened\":%d,\"startup\":%.0f}\n", count, startup);
  fflush(stdout);
  double ms;
  while (scanf("%lf", &ms) == 1) take_turn(clients, count, ms);
  return 0;
}
