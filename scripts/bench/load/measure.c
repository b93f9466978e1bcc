// Clocks, memory and percentiles.
#define _GNU_SOURCE
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "load.h"

static uint64_t read_clock(clockid_t clock) {
  struct timespec time;
  return clock_gettime(clock, &time) ? 0 : (uint64_t)time.tv_sec * 1000000000u + time.tv_nsec;
}

uint64_t now_ns(void) { return read_clock(CLOCK_MONOTONIC); }

// To the nanosecond, where /proc/PID/stat counts in hundredths of a second.
uint64_t cpu_ns(int pid) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  if (pid && clock_getcpuclockid(pid, &clock)) return 0;
  return read_clock(clock);
}

long memory_kib(int pid, const char *file, const char *key) {
  char path[64], line[256];
  long value = 0;
  snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  FILE *opened = fopen(path, "r");
  if (!opened) return 0;
  while (fgets(line, sizeof line, opened))
    if (!strncmp(line, key, strlen(key))) sscanf(line + strlen(key), "%ld", &value);
  fclose(opened);
  return value;
}

// So that what one server has to clear away is not in the next one's time. At most 3 s.
void wait_until_idle(int pid) {
  for (int i = 0; pid && i < 60; i++) {
    uint64_t before = cpu_ns(pid);
    usleep(50000);
    if (cpu_ns(pid) - before < 1000000) return;
  }
}

// 64 buckets to each power of two: a value is kept to 1.6 %.
static unsigned bucket_of(uint64_t ns) {
  if (ns < 64) return ns;
  int shift = 57 - __builtin_clzll(ns);
  return ((unsigned)(shift + 1) << 6) + ((ns >> shift) & 63);
}

void histogram_add(Histogram *h, uint64_t ns) {
  h->counts[bucket_of(ns)]++;
  h->total++;
  if (ns > h->max) h->max = ns;
}

double histogram_us(const Histogram *h, double quantile) {
  uint64_t rank = quantile * h->total, seen = 0;
  for (unsigned i = 0; i < 64 * 64; i++) {
    seen += h->counts[i];
    if (seen <= rank) continue;
    if (i < 64) return i / 1e3;
    int shift = (i >> 6) - 1;
    return (double)((64ull + (i & 63)) << shift) / 1e3;
  }
  return h->max / 1e3;
}

void print_latency(const Histogram *h) {
  printf("\"latencyUs\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
         histogram_us(h, .5), histogram_us(h, .99), histogram_us(h, .999), h->max / 1e3);
}
