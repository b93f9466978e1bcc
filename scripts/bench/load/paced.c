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

// Counts what was due from `begin` on.
static int drain(Connection *c, const Options *o, const Frames *f, uint64_t begin) {
  int all = 0;
  for (int is_empty = 0; !is_empty;) {
    int done = receive(c, o, f, &is_empty);
    uint64_t now = now_ns();
    for (int i = 0; i < done; i++) {
      uint64_t due = c->sent_at[c->sent_head++ & c->ring_mask];
      if (due >= begin) histogram_add(&latency, now - due);
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
  uint64_t end = begin + (uint64_t)(o->seconds * 1e9), sent = 0, done = 0, before = 0, latest = 0;
  uint64_t messages = 0, stopped = 0;
  double gap = 1e9 / o->rate;
  struct epoll_event events[256];
  // What was due in time is waited for: the slowest messages would be missing otherwise.
  for (uint64_t now = start; !stopped || done < sent; now = now_ns()) {
    if (!started && now >= begin) started = now, before = done, server = cpu_ns(o->pid);
    if (!stopped && now >= end) stopped = now, messages = done - before, server = cpu_ns(o->pid) - server;
    if (now > end + 10000000000u) fail("no answer for 10 s");
    for (uint64_t due; !stopped && (due = start + (uint64_t)(sent * gap)) <= now; sent++) {
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
      done += drain(c, o, &frames, begin);
      send_owed(c, o, &frames);
    }
  }
  printf("{\"messages\":%lu,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"lateUs\":%.1f,", messages,
         (stopped - started) / 1e9, o->pid ? server : 0, latest / 1e3);
  print_latency(&latency);
  printf("}\n");
  close_connections(all, o->connections, o);
  wait_until_idle(o->pid);
  return 0;
}
