// The frames that are sent: made here, or read from a file (compressed ones are).
#include <stdlib.h>
#include <string.h>
#include "load.h"

static const uint8_t MASK[4] = {0x12, 0x34, 0x56, 0x78};

// Each is repeated to fill a message; whole, so that the message is UTF-8.
static const struct { const char *name, *text; } CONTENTS[] = {
  {"ascii", "abcdefghijklmnopqrstuvwxyz"},
  {"mixed", "{\"name\":\"Zo\u00eb M\u00fcller\",\"city\":\"\u5317\u4eac\",\"text\":\"a message of today\"},"},
  {"cjk", "\u6f22\u5b57\u4eee\u540d\u4ea4\u3058\u308a\u6587"},
  {"emoji", "\U0001f600\U0001f680\U0001f30d\U0001f389"},
};

uint8_t payload_at(const Options *o, size_t i) {
  static const char *text;
  static size_t size, whole;
  if (!text) {
    for (size_t k = 0; k < sizeof CONTENTS / sizeof *CONTENTS; k++)
      if (!strcmp(o->content, CONTENTS[k].name)) text = CONTENTS[k].text;
    if (!text) fail("--content %s: ascii, mixed, cjk or emoji", o->content);
    size = strlen(text);
    // Letters may be cut anywhere, and the rest of other texts is filled with letters.
    whole = strcmp(o->content, "ascii") ? o->bytes - o->bytes % size : o->bytes;
  }
  return i < whole ? text[i % size] : 'a';
}

static size_t make_frame(const Options *o, uint8_t *to) {
  size_t n = o->bytes, head = 2;
  to[0] = 0x80 | (o->text ? 1 : 2);
  to[1] = 0x80 | (n < 126 ? n : n < 65536 ? 126 : 127);
  if (n >= 65536) for (int i = 0; i < 8; i++) to[head++] = (uint64_t)n >> (56 - 8 * i);
  else if (n >= 126) { to[head++] = n >> 8; to[head++] = n; }
  memcpy(to + head, MASK, 4);
  head += 4;
  for (size_t i = 0; i < n; i++) to[head + i] = payload_at(o, i) ^ MASK[i & 3];
  return head + n;
}

// Bytes of the frame at `at`, by its header.
static size_t frame_size(const uint8_t *at) {
  size_t n = at[1] & 127;
  if (n < 126) return 6 + n;
  if (n == 126) return 8 + (at[2] << 8 | at[3]);
  fail("a frame of the file is too long");
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("cannot read %s", path);
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*size);
  if (fread(bytes, 1, *size, file) != *size) fail("cannot read %s", path);
  fclose(file);
  return bytes;
}

Frames make_frames(const Options *o) {
  size_t size;
  uint8_t *once;
  if (o->frames) once = read_file(o->frames, &size);
  else {
    once = malloc(o->bytes + 14);
    size = make_frame(o, once);
  }
  Frames f = {.raw_size = size, .count = 0};
  for (size_t at = 0; at < size; at += o->frames ? frame_size(once + at) : size) f.count++;
  // So long that all that may be in flight is in one piece, from any frame on.
  int all = f.count + o->in_flight;
  size_t rounds = (all + f.count - 1) / f.count;
  f.bytes = malloc(rounds * size);
  for (size_t i = 0; i < rounds; i++) memcpy(f.bytes + i * size, once, size);
  f.starts = malloc((all + 1) * sizeof *f.starts);
  size_t at = 0;
  for (int i = 0; i <= all; i++) {
    f.starts[i] = at;
    if (i < all) at += o->frames ? frame_size(f.bytes + at) : size;
  }
  free(once);
  return f;
}
