// Open loop: messages are due at fixed times, whatever the server does, and latency counts
// from then. (A closed loop would send less while the server is slow, and not see it.)
// Turns without waiting, so that it is never late itself.
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include "load.h"

static Histogram latency;

static void send_owed(Connection *c, const Options *o, const Frames *f) {
  while (push(c, o) && c->owed > 0) {
    c->owed--;
    c->out = f->bytes + f->starts[c->next];
    c->out_left = f->starts[c->next + 1] - f->starts[c->next];
    c->next = (c->next + 1) % f->count;
  }
}

static int drain(Connection *c, const Options *o, const Frames *f, int is_measured) {
  int all = 0;
  for (int is_empty = 0; !is_empty;) {
    int done = receive(c, o, f, &is_empty);
    uint64_t now = now_ns();
    for (int i = 0; i < done; i++) {
      uint64_t due = c->sent_at[c->sent_head++ & c->ring_mask];
      if (is_measured) histogram_add(&latency, now - due);
    }
    all += done;
  }
  return all;
}

int run_paced(const Options *given) {
  Options options = *given, *o = &options;
  o->in_flight = 4096; // room for the times of so many that wait for their echo
  Frames frames = make_frames(o);
  Connection *all = open_connections(o);
  int poll = epoll_create1(0);
  for (int i = 0; i < o->connections; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].link.fd, &event);
  }
  uint64_t start = now_ns(), begin = start + (uint64_t)(o->warm * 1e9), started = 0, server = 0;
  uint64_t end = begin + (uint64_t)(o->seconds * 1e9), sent = 0, messages = 0, latest = 0;
  double gap = 1e9 / o->rate;
  struct epoll_event events[256];
  for (uint64_t now = start; now < end; now = now_ns()) {
    if (!started && now >= begin) started = now, messages = 0, server = cpu_ns(o->pid);
    for (uint64_t due; (due = start + (uint64_t)(sent * gap)) <= now; sent++) {
      Connection *c = &all[sent % o->connections];
      if (c->sent_tail - c->sent_head > c->ring_mask) fail("the server does not keep up");
      c->sent_at[c->sent_tail++ & c->ring_mask] = due;
      c->owed++;
      if (started && now - due > latest) latest = now - due;
      send_owed(c, o, &frames);
    }
    int count = epoll_wait(poll, events, 256, 0);
    for (int i = 0; i < count; i++) {
      Connection *c = &all[events[i].data.u32];
      messages += drain(c, o, &frames, started != 0);
      send_owed(c, o, &frames);
    }
  }
  printf("{\"messages\":%lu,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"lateUs\":%.1f,", messages,
         (now_ns() - started) / 1e9, o->pid ? cpu_ns(o->pid) - server : 0, latest / 1e3);
  print_latency(&latency);
  printf("}\n");
  close_connections(all, o->connections, o);
  wait_until_idle(o->pid);
  return 0;
}
