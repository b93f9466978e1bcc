// The one way in which the load gives up: a line on standard error, and exit code 1.
#include <stdarg.h>
#include <stdlib.h>
#include "load.h"

void fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  exit(1);
}
