// Opens connections and holds them: handshakes per second, and what each connection costs
// the server in memory while it is idle.
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

static void exchange_messages(const Link *links, const Options *o) {
  Frames frames = make_frames(o);
  static uint8_t buffer[1 << 16];
  for (int i = 0; i < o->connections; i++) {
    Connection c = {.link = links[i], .out = frames.bytes, .out_left = frames.starts[1]};
    for (int done = 0; !done;) {
      push(&c, o);
      ssize_t n = link_read(c.link, buffer, sizeof buffer);
      if (n == 0) fail("the server ended a connection");
      if (n > 0) done = take(&c, o, &frames, buffer, n);
    }
  }
}

int run_open(const Options *o) {
  Link *links = malloc(o->connections * sizeof *links);
  long rss = memory_kib(o->pid, "status", "VmRSS:"), pss = memory_kib(o->pid, "smaps_rollup", "Pss:");
  uint64_t started = now_ns(), server = cpu_ns(o->pid), own = cpu_ns(0);
  open_all(o, links);
  double seconds = (now_ns() - started) / 1e9;
  uint64_t server_ns = o->pid ? cpu_ns(o->pid) - server : 0, own_ns = cpu_ns(0) - own;
  if (o->message) exchange_messages(links, o);
  if (o->settle > 0) usleep(o->settle * 1e6);
  printf("{\"messages\":%d,\"seconds\":%.6f,\"serverCpuNs\":%lu,\"loadCpuNs\":%lu,"
         "\"rssKib\":%ld,\"pssKib\":%ld}\n", o->connections, seconds, server_ns, own_ns,
         memory_kib(o->pid, "status", "VmRSS:") - rss,
         memory_kib(o->pid, "smaps_rollup", "Pss:") - pss);
  fflush(stdout);
  reset_all(links, o->connections);
  wait_until_idle(o->pid);
  return 0;
}
