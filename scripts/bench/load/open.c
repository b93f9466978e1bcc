// Opens connections, so many handshakes at a time, and holds them: handshakes per second,
// and what each connection costs the server in memory while it is idle.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

typedef struct { int fd; int is_sent; size_t got; char head[1024]; } Opening;

static int begin(Opening *opening, const Options *o, int index, int poll) {
  struct sockaddr_in address;
  server_address(o, &address);
  opening->fd = tcp_socket(index, 0);
  opening->is_sent = opening->got = 0;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = opening};
  if (connect(opening->fd, (void *)&address, sizeof address) && errno != EINPROGRESS)
    fail("connect: %s", strerror(errno));
  return epoll_ctl(poll, EPOLL_CTL_ADD, opening->fd, &event);
}

// Whether the answer is there.
static int go_on(Opening *opening, const char *request, size_t length, uint32_t events) {
  if (!opening->is_sent && events & EPOLLOUT) {
    if (write(opening->fd, request, length) != (ssize_t)length) fail("connect: %s", strerror(errno));
    opening->is_sent = 1;
  }
  ssize_t n = read(opening->fd, opening->head + opening->got, sizeof opening->head - 1 - opening->got);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) fail("the handshake was ended: %s", n ? strerror(errno) : "closed");
  opening->head[opening->got += n] = 0;
  if (!strstr(opening->head, "\r\n\r\n")) return 0;
  if (strncmp(opening->head, "HTTP/1.1 101", 12)) fail("no 101: %s", opening->head);
  return 1;
}

static void exchange_messages(const int *fds, const Options *o) {
  Frames frames = make_frames(o);
  static uint8_t buffer[1 << 16];
  for (int i = 0; i < o->connections; i++) {
    Connection c = {.fd = fds[i], .out = frames.bytes, .out_left = frames.starts[1]};
    for (int done = 0; !done;) {
      push(&c, o);
      ssize_t n = read(c.fd, buffer, sizeof buffer);
      if (n == 0) fail("the server ended a connection");
      if (n > 0) done = take(&c, o, &frames, buffer, n);
    }
  }
}

int run_open(const Options *o) {
  char request[1024];
  size_t length = write_request(o, request, sizeof request);
  int poll = epoll_create1(0), open = 0, begun = 0, *fds = malloc(o->connections * sizeof *fds);
  Opening *openings = calloc(o->concurrent, sizeof *openings);
  long rss = memory_kib(o->pid, "status", "VmRSS:"), pss = memory_kib(o->pid, "smaps_rollup", "Pss:");
  uint64_t started = now_ns(), server = cpu_ns(o->pid), own = cpu_ns(0);
  while (begun < o->concurrent && begun < o->connections) begin(&openings[begun], o, begun, poll), begun++;
  struct epoll_event events[256];
  while (open < o->connections) {
    int count = epoll_wait(poll, events, 256, 10000);
    if (count == 0) fail("no handshake for 10 s, after %d", open);
    for (int i = 0; i < count; i++) {
      Opening *opening = events[i].data.ptr;
      if (!go_on(opening, request, length, events[i].events)) continue;
      epoll_ctl(poll, EPOLL_CTL_DEL, opening->fd, 0);
      fds[open++] = opening->fd;
      if (begun < o->connections) begin(opening, o, begun++, poll);
    }
  }
  double seconds = (now_ns() - started) / 1e9;
  uint64_t server_ns = o->pid ? cpu_ns(o->pid) - server : 0, own_ns = cpu_ns(0) - own;
  if (o->message) exchange_messages(fds, o);
  if (o->settle > 0) usleep(o->settle * 1e6);
  printf("{\"messages\":%d,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"loadCpuNs\":%lu,"
         "\"rssKib\":%ld,\"pssKib\":%ld}\n", open, seconds, server_ns, own_ns,
         memory_kib(o->pid, "status", "VmRSS:") - rss,
         memory_kib(o->pid, "smaps_rollup", "Pss:") - pss);
  fflush(stdout);
  // Reset rather than closed: TIME_WAIT would keep the ports for a minute.
  struct linger reset = {1, 0};
  for (int i = 0; i < open; i++) {
    setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fds[i]);
  }
  wait_until_idle(o->pid);
  return 0;
}
