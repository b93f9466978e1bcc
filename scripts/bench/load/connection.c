// One connection: what it writes, and the frames that come back.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

Wire wire;

Connection *open_connections(const Options *o) {
  Connection *all = calloc(o->connections, sizeof *all);
  Link *links = malloc(o->connections * sizeof *links);
  unsigned ring = 1;
  while ((int)ring < o->in_flight) ring *= 2;
  open_all(o, links);
  for (int i = 0; i < o->connections; i++)
    all[i] = (Connection){.link = links[i], .is_first = 1, .ring_mask = ring - 1,
                          .sent_at = calloc(ring, sizeof(uint64_t))};
  free(links);
  return all;
}

// With a Close, so that no server takes it for a fault; what still arrives is not read.
void close_connections(Connection *all, int count, const Options *o) {
  static uint8_t sink[1 << 18];
  const uint8_t close_frame[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
  for (int i = 0; i < count; i++) {
    if (!o->raw && !all[i].out_left && link_write(all[i].link, close_frame, sizeof close_frame) < 0) {}
    link_end(all[i].link);
  }
  uint64_t until = now_ns() + 1000000000u;
  for (int i = 0; i < count; i++) {
    struct pollfd wait = {.fd = all[i].link.fd, .events = POLLIN};
    while (now_ns() < until && poll(&wait, 1, 100) >= 0) {
      ssize_t n = link_read(all[i].link, sink, sizeof sink);
      if (n == 0 || (n < 0 && errno != EAGAIN)) break;
    }
    link_close(all[i].link);
  }
}

int push(Connection *c, const Options *o) {
  while (c->out_left) {
    size_t size = o->chunk && o->chunk < c->out_left ? o->chunk : c->out_left;
    ssize_t n = link_write(c->link, c->out, size);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n < 0) fail("write: %s", strerror(errno));
    c->out += n;
    c->out_left -= n;
    wire.bytes_out += n;
  }
  return 1;
}

static void check_payload(const Connection *c, const Options *o, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != payload_at(o, c->message_size + i)) fail("the echo differs");
}

static void read_header(Connection *c, const Options *o) {
  int size = c->head[1] & 127, opcode = c->head[0] & 15;
  c->payload_left = size;
  if (size > 125) {
    c->payload_left = 0;
    for (int i = 2; i < c->head_length; i++) c->payload_left = c->payload_left << 8 | c->head[i];
  }
  c->head_length = 0;
  c->is_control = opcode & 8;
  c->is_final = c->head[0] >> 7;
  if (opcode == 8) fail("the server closed");
  if (!c->is_control && opcode != 0 && opcode != (o->text ? 1 : 2)) fail("a message of type %d", opcode);
}

static int end_of_frame(Connection *c, const Options *o) {
  if (c->is_control || !c->is_final) return 0;
  if (!o->frames && c->message_size != o->bytes) fail("a message of %lu bytes", c->message_size);
  c->message_size = c->is_first = 0;
  return 1;
}

// What is only counted is not copied: with large messages that copy is half of the load's work.
static size_t uncopied(const Connection *c, const Options *o, const Frames *f) {
  if (o->tls) return 0; // has to be decrypted
  if (o->raw) return f->raw_size >= 1 << 16 ? 1 << 20 : 0;
  if (c->is_first && !o->frames) return 0; // is looked at
  return c->payload_left >= 1 << 15 ? c->payload_left : 0;
}

int receive(Connection *c, const Options *o, const Frames *f, int *is_empty) {
  static uint8_t buffer[1 << 18];
  size_t skip = uncopied(c, o, f), size = skip ? skip : sizeof buffer;
  ssize_t n = skip ? recv(c->link.fd, NULL, size, MSG_TRUNC) : link_read(c->link, buffer, size);
  if (n == 0) fail("the server ended a connection");
  // TLS gives a record at a time, however much there is.
  *is_empty = n < 0 || (!o->tls && (size_t)n < size);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n < 0) fail("read: %s", strerror(errno));
  if (!skip || o->raw) return take(c, o, f, buffer, n);
  wire.bytes_in += n;
  if (!c->is_control) c->message_size += n;
  return (c->payload_left -= n) == 0 ? end_of_frame(c, o) : 0;
}

int take(Connection *c, const Options *o, const Frames *f, const uint8_t *b, size_t length) {
  int done = 0;
  wire.bytes_in += length;
  if (o->raw) {
    c->skip += length;
    done = c->skip / f->raw_size;
    c->skip %= f->raw_size;
    return done;
  }
  for (size_t i = 0; i < length;) {
    if (c->payload_left == 0) {
      c->head[c->head_length++] = b[i++];
      if (c->head_length < 2) continue;
      int size = c->head[1] & 127;
      if (c->head_length < (size < 126 ? 2 : size == 126 ? 4 : 10)) continue;
      read_header(c, o);
      if (c->payload_left == 0) done += end_of_frame(c, o);
      continue;
    }
    size_t part = length - i < c->payload_left ? length - i : c->payload_left;
    if (!c->is_control) {
      if (c->is_first && !o->frames) check_payload(c, o, b + i, part);
      c->message_size += part;
    }
    i += part;
    c->payload_left -= part;
    if (c->payload_left == 0) done += end_of_frame(c, o);
  }
  return done;
}
