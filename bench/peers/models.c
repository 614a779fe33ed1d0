// The echo server in C with a process or a thread for each request, or a pool of threads.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/wait.h>

#include "peer.h"

static int listener;

static void echo(int conn) {
  char buffer[65536];
  const int on = 1;
  setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (;;) {
    const ssize_t got = recv(conn, buffer, sizeof buffer, 0);
    if (got <= 0 || send(conn, buffer, got, MSG_NOSIGNAL) != got) break;
  }
  close(conn);
}

static int accept_one(void) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

static void *serve_one(void *conn) {
  echo((int)(long)conn);
  return NULL;
}

static void *serve_for_ever(void *unused) {
  for (;;) echo(accept_one());
  return unused;
}

static void start_thread(void *(*run)(void *), long argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, (void *)argument) != 0) die("pthread_create");
  pthread_detach(thread);
}

static void process_per_request(void) {
  for (;;) {
    const int conn = accept_one();
    // Waited for, so that their time counts as this process's.
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    if (fork() == 0) {
      echo(conn);
      _exit(0);
    }
    close(conn);
  }
}

// select, poll and epoll are programs of their own, beside this one: the servers of the trial echo.
static void exec_loop(const char *model, char **argv) {
  char program[4096];
  const char *end = strrchr(argv[0], '/');
  if (strcmp(model, "select") != 0 && strcmp(model, "poll") != 0 && strcmp(model, "epoll") != 0) {
    return;
  }
  snprintf(program, sizeof program, "%.*s/%s", (int)(end - argv[0]), argv[0], model);
  execv(program, argv);
  die(program);
}

int main(int argc, char **argv) {
  start_peer(argc, argv);
  const char *model = arg("model", "process");
  exec_loop(model, argv);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, length) != 0) die("bind");
  if (listen(listener, 4096) != 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  for (int i = 0; strcmp(model, "pool") == 0 && i < arg_int("connections", 32); i++) {
    start_thread(serve_for_ever, 0);
  }
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  if (strcmp(model, "process") == 0) process_per_request();
  if (strcmp(model, "pool") == 0) sleep_for_ever(NULL);
  for (;;) start_thread(serve_one, accept_one());
}
