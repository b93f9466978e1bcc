// Closed loop: on each connection so many messages in flight; each echo sends the next.
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include "load.h"

static Histogram latency;

static void fill(Connection *c, const Options *o, const Frames *f) {
  while (push(c, o)) {
    int room = o->in_flight - c->in_flight;
    if (room == 0) return;
    uint64_t now = now_ns();
    for (int i = 0; i < room; i++) c->sent_at[c->sent_tail++ & c->ring_mask] = now;
    c->in_flight += room;
    c->out = f->bytes + f->starts[c->next];
    c->out_left = f->starts[c->next + room] - f->starts[c->next];
    c->next = (c->next + room) % f->count;
  }
}

static int drain(Connection *c, const Options *o, const Frames *f) {
  int all = 0;
  for (int is_empty = 0; !is_empty;) { // edge-triggered: what comes later is told of
    int done = receive(c, o, f, &is_empty);
    uint64_t now = done ? now_ns() : 0;
    for (int i = 0; i < done; i++) histogram_add(&latency, now - c->sent_at[c->sent_head++ & c->ring_mask]);
    c->in_flight -= done;
    all += done;
  }
  return all;
}

int run_echo(const Options *o) {
  Frames frames = make_frames(o);
  Connection *all = open_connections(o);
  int poll = epoll_create1(0);
  for (int i = 0; i < o->connections; i++) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].link.fd, &event); // tells at once that there is room
  }
  uint64_t begin = now_ns() + (uint64_t)(o->warm * 1e9), end = 0, started = 0, messages = 0;
  uint64_t last = now_ns(), server = 0, own = 0;
  struct epoll_event events[256];
  for (;;) {
    uint64_t now = now_ns();
    if (!started && now >= begin) {
      started = now, end = now + (uint64_t)(o->seconds * 1e9), messages = 0;
      server = cpu_ns(o->pid), own = cpu_ns(0);
      wire = (Wire){0};
      memset(&latency, 0, sizeof latency);
    }
    // One slow message may take longer than the time there is: at least one is waited for.
    if (started && now >= end && messages > 0) break;
    if (now - last > 20000000000u) fail("no message for 20 s");
    int count = epoll_wait(poll, events, 256, 50);
    for (int i = 0; i < count; i++) {
      Connection *c = &all[events[i].data.u32];
      int done = events[i].events & EPOLLIN ? drain(c, o, &frames) : 0;
      if (done) messages += done, last = now;
      fill(c, o, &frames);
    }
  }
  uint64_t stopped = now_ns();
  printf("{\"messages\":%lu,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"loadCpuNs\":%lu,"
         "\"bytesIn\":%lu,\"bytesOut\":%lu,", messages, (stopped - started) / 1e9,
         o->pid ? cpu_ns(o->pid) - server : 0, cpu_ns(0) - own, wire.bytes_in, wire.bytes_out);
  print_latency(&latency);
  printf("}\n");
  close_connections(all, o->connections, o);
  wait_until_idle(o->pid);
  return 0;
}
