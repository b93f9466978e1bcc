// usage: load echo|paced|fanout|open|keepalive|answer --port N [--connections N] [--in-flight N] [--bytes N] ...
// One line of JSON on standard output; `options` below are all there are.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "load.h"

Options read_options(int count, char **words) {
  Options o = {.connections = 1, .in_flight = 1, .bytes = 64, .seconds = 1, .warm = 0.2,
               .concurrent = 64, .settle = 1.5, .rate = 1000, .path = "/", .content = "ascii"};
  struct { const char *name; int *i; size_t *z; double *d; const char **s; int *flag; } table[] = {
    {"port", .i = &o.port}, {"connections", .i = &o.connections}, {"in-flight", .i = &o.in_flight},
    {"bytes", .z = &o.bytes}, {"text", .flag = &o.text}, {"raw", .flag = &o.raw}, {"tls", .flag = &o.tls},
    {"chunk", .z = &o.chunk}, {"seconds", .d = &o.seconds}, {"warm", .d = &o.warm},
    {"rate", .d = &o.rate}, {"pid", .i = &o.pid}, {"concurrent", .i = &o.concurrent},
    {"message", .flag = &o.message}, {"settle", .d = &o.settle}, {"path", .s = &o.path},
    {"content", .s = &o.content}, {"extensions", .s = &o.extensions}, {"frames", .s = &o.frames},
  };
  for (int w = 0; w < count; w++) {
    size_t t = 0, all = sizeof table / sizeof *table;
    while (t < all && (strncmp(words[w], "--", 2) || strcmp(words[w] + 2, table[t].name))) t++;
    if (t == all) fail("%s is no option", words[w]);
    if (table[t].flag) { *table[t].flag = 1; continue; }
    if (++w == count) fail("--%s needs a value", table[t].name);
    if (table[t].i) *table[t].i = atoi(words[w]);
    if (table[t].z) *table[t].z = strtoull(words[w], 0, 10);
    if (table[t].d) *table[t].d = atof(words[w]);
    if (table[t].s) *table[t].s = words[w];
  }
  if (o.connections < 1 || o.in_flight < 1) fail("a number makes no sense");
  return o;
}

int main(int count, char **words) {
  if (count < 2) fail("which of echo, paced, fanout, open, keepalive, answer?");
  Options options = read_options(count - 2, words + 2);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
  if (!strcmp(words[1], "echo")) return run_echo(&options);
  if (!strcmp(words[1], "paced")) return run_paced(&options);
  if (!strcmp(words[1], "fanout")) return run_fanout(&options);
  if (!strcmp(words[1], "keepalive")) return run_keepalive(&options);
  if (!strcmp(words[1], "open")) return run_open(&options);
  if (!strcmp(words[1], "answer")) return run_answer(&options);
  fail("%s: echo, paced, fanout, open, keepalive or answer", words[1]);
}
