// One connection sends, and each message comes to all connections. So many messages are on their
// way at a time; what is counted are deliveries, each from when its message was sent.
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include "load.h"

enum { RING = 4096 };
static Histogram latency;
static uint64_t sent_at[RING];

static void publish(Connection *sender, const Options *o, const Frames *f, uint64_t *sent, uint64_t delivered) {
  while (push(sender, o) && *sent * o->connections < delivered + (uint64_t)o->in_flight * o->connections) {
    sent_at[(*sent)++ % RING] = now_ns();
    sender->out = f->bytes + f->starts[0];
    sender->out_left = f->starts[1] - f->starts[0];
  }
}

static int drain(Connection *c, const Options *o, const Frames *f) {
  int all = 0;
  for (int is_empty = 0; !is_empty;) {
    int done = receive(c, o, f, &is_empty);
    uint64_t now = done ? now_ns() : 0;
    for (int i = 0; i < done; i++) histogram_add(&latency, now - sent_at[c->sent_head++ % RING]);
    all += done;
  }
  return all;
}

int run_fanout(const Options *o) {
  if (o->in_flight > RING / 2) fail("too many in flight");
  Frames frames = make_frames(o);
  Connection *all = open_connections(o);
  int poll = epoll_create1(0);
  for (int i = 0; i < o->connections; i++) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].link.fd, &event);
  }
  uint64_t begin = now_ns() + (uint64_t)(o->warm * 1e9), end = 0, started = 0;
  uint64_t last = now_ns(), server = 0, own = 0, sent = 0, delivered = 0, before = 0;
  struct epoll_event events[256];
  for (;;) {
    uint64_t now = now_ns();
    if (!started && now >= begin && delivered > 0) {
      started = now, end = now + (uint64_t)(o->seconds * 1e9), before = delivered;
      server = cpu_ns(o->pid), own = cpu_ns(0);
      memset(&latency, 0, sizeof latency);
    }
    if (started && now >= end && delivered > before) break;
    if (now - last > 20000000000u) fail("no message for 20 s");
    int count = epoll_wait(poll, events, 256, 50);
    for (int i = 0; i < count; i++) {
      Connection *c = &all[events[i].data.u32];
      int done = events[i].events & EPOLLIN ? drain(c, o, &frames) : 0;
      if (done) delivered += done, last = now;
    }
    publish(&all[0], o, &frames, &sent, delivered);
  }
  uint64_t stopped = now_ns();
  printf("{\"messages\":%lu,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"loadCpuNs\":%lu,\"totalRssKib\":%ld,",
         delivered - before, (stopped - started) / 1e9, o->pid ? cpu_ns(o->pid) - server : 0,
         cpu_ns(0) - own, memory_kib(o->pid, "status", "VmRSS:"));
  print_latency(&latency);
  printf("}\n");
  close_connections(all, o->connections, o);
  wait_until_idle(o->pid);
  return 0;
}
