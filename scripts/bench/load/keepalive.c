// Connections that are left alone, and answer the pings of the server: its time for that, and its
// memory.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

// Answers the pings in what a server sends at once; how many there were. Pings are small and come
// whole.
static int answer_pings(Link link) {
  uint8_t b[1024], pong[6 + 125] = {0x8a};
  int pings = 0;
  ssize_t n = link_read(link, b, sizeof b);
  if (n == 0 || (n < 0 && errno != EAGAIN)) fail("the server ended a connection");
  for (ssize_t i = 0; i < n;) {
    int size = i + 1 < n ? b[i + 1] & 127 : 127;
    if (i + 2 + size > n) fail("a frame that is no ping");
    if ((b[i] & 15) == 8) fail("the server closed");
    if ((b[i] & 15) == 9) {
      pong[1] = 0x80 | size; // masked with 0
      memcpy(pong + 6, b + i + 2, size);
      if (link_write(link, pong, 6 + size) != 6 + size) fail("write: %s", strerror(errno));
      pings++;
    }
    i += 2 + size;
  }
  return pings;
}

int run_keepalive(const Options *o) {
  Link *links = malloc(o->connections * sizeof *links);
  long rss = memory_kib(o->pid, "status", "VmRSS:"), grown = 0;
  open_all(o, links);
  int poll = epoll_create1(0), pings = 0;
  for (int i = 0; i < o->connections; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, links[i].fd, &event);
  }
  uint64_t begin = now_ns() + (uint64_t)(o->settle * 1e9), end = begin + (uint64_t)(o->seconds * 1e9);
  uint64_t started = 0, server = 0, own = 0, now;
  struct epoll_event events[256];
  while ((now = now_ns()) < end) {
    if (!started && now >= begin) {
      started = now, server = cpu_ns(o->pid), own = cpu_ns(0), pings = 0;
      grown = memory_kib(o->pid, "status", "VmRSS:") - rss;
    }
    int count = epoll_wait(poll, events, 256, 10);
    for (int i = 0; i < count; i++) pings += answer_pings(links[events[i].data.u32]);
  }
  printf("{\"messages\":%d,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"loadCpuNs\":%lu,\"rssKib\":%ld,"
         "\"pings\":%d}\n", o->connections, (now_ns() - started) / 1e9,
         o->pid ? cpu_ns(o->pid) - server : 0, cpu_ns(0) - own, grown, pings);
  fflush(stdout);
  reset_all(links, o->connections);
  wait_until_idle(o->pid);
  return 0;
}
