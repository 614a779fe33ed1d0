// The trials of one loop in C: chain, idle, churn, memory, echo. Included by each loop.
#include <netinet/in.h>
#include <netinet/tcp.h>

static int fds, active;

// chain: each event reads one byte and, while writes remain, writes one to the next pair.

static int writes_left, consumed;

INLINE void pass_byte(int fd, const char *byte) {
  if (send(fd, byte, 1, MSG_NOSIGNAL) != 1) die("send");
}

INLINE void chain_ready(int fd, unsigned events) {
  (void)events;
  char byte;
  if (recv(fd, &byte, 1, 0) != 1) die("recv");
  consumed++;
  if (writes_left == 0) return;
  writes_left--;
  const int next = pair_of[fd] + 1;
  pass_byte(writers[next == fds ? 0 : next], &byte);
}

static double chain(void) {
  const int total = active + arg_int("writes", 1000);
  writes_left = total - active;
  consumed = 0;
  for (int i = 0; i < active; i++) pass_byte(writers[(long)i * fds / active], "x");
  const double start = now_ns();
  while (consumed < total) loop_turn(1, chain_ready);
  return (now_ns() - start) / total;
}

// idle: what one turn without waiting costs with some descriptors ready.

static unsigned long seen;

INLINE void idle_ready(int fd, unsigned events) { seen += fd + events; }

static double idle(void) {
  enum { kTurns = 10 };
  const double start = now_ns();
  for (int i = 0; i < kTurns; i++) loop_turn(0, idle_ready);
  return (now_ns() - start) / kTurns;
}

// churn: registering and unregistering, or changing what is watched.

static double churn_register(void) {
  const double start = now_ns();
  for (int i = 0; i < fds; i++) {
    loop_add(readers[i], READ);
    loop_remove(readers[i]);
  }
  return (now_ns() - start) / fds;
}

static double churn_modify(void) {
  const double start = now_ns();
  for (int i = 0; i < fds; i++) loop_modify(readers[i], READ | WRITE);
  for (int i = 0; i < fds; i++) loop_modify(readers[i], READ);
  return (now_ns() - start) / (2 * fds);
}

static void churn(void) {
  const int modify = strcmp(arg("operation", "register"), "modify") == 0;
  for (int i = 0; modify && i < fds; i++) loop_add(readers[i], READ);
  measure(modify ? churn_modify : churn_register);
}

// memory: what the process grows by, per descriptor registered.

static double resident_bytes(void) {
  long size, resident;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (statm == NULL || fscanf(statm, "%ld %ld", &size, &resident) != 2) die("/proc/self/statm");
  fclose(statm);
  return (double)resident * sysconf(_SC_PAGESIZE);
}

static void memory(void) {
  loop_add(readers[0], READ);
  loop_turn(0, idle_ready);
  const double before = resident_bytes();
  for (int i = 1; i < fds; i++) loop_add(readers[i], READ);
  loop_turn(0, idle_ready);
  printf("{\"bytes\":%.1f}\n", (resident_bytes() - before) / (fds - 1));
}

// echo: a server in one thread that sends back what it gets.

static int listener;

INLINE void echo_ready(int fd, unsigned events) {
  static char buffer[65536];
  (void)events;
  if (fd == listener) {
    const int conn = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (conn < 0) return;
    const int on = 1;
    setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    loop_add(conn, READ);
    return;
  }
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    loop_remove(fd);
    close(fd);
    return;
  }
  const ssize_t sent = send(fd, buffer, got, MSG_NOSIGNAL);
  // At its end, the load resets all connections.
  if (sent < 0 && (errno == ECONNRESET || errno == EPIPE)) {
    loop_remove(fd);
    close(fd);
  } else if (sent != got) {
    die("send");
  }
}

static void echo(void) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0) die("bind");
  if (listen(listener, 4096) != 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  loop_add(listener, READ);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) loop_turn(1, echo_ready);
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  loop_open();
  const char *trial = arg("trial", "chain");
  if (strcmp(trial, "echo") == 0 || strcmp(trial, "models") == 0) echo();
  fds = arg_int("fds", 1000);
  active = arg_int("active", 100);
  open_pairs(fds);
  if (strcmp(trial, "churn") == 0) return churn(), 0;
  if (strcmp(trial, "memory") == 0) return memory(), 0;
  for (int i = 0; i < fds; i++) loop_add(readers[i], READ);
  if (strcmp(trial, "chain") == 0) return measure(chain), 0;
  for (int i = 0; i < arg_int("ready", 0); i++) {
    if (send(writers[i], "x", 1, 0) != 1) die("send");
  }
  measure(idle);
  return 0;
}
