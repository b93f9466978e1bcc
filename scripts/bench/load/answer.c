// An echo server, for measuring clients: like the load it must cost less than what it
// measures, so the answers to all that arrives in one read leave in one write.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

void accept_key(const char *key, size_t length, char *accept); // accept_key.c

typedef struct { int fd; int is_open; size_t got, room; uint8_t *bytes; } Client;

static void write_all(int fd, const void *bytes, size_t length) {
  for (const char *at = bytes; length;) {
    ssize_t n = write(fd, at, length);
    if (n < 0 && errno != EAGAIN) return; // gone; the next read says so
    if (n < 0) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 1000);
    else at += n, length -= n;
  }
}

static void shake_hands(Client *c) {
  char *end = memmem(c->bytes, c->got, "\r\n\r\n", 4), answer[256], accept[32];
  if (!end) return;
  *end = 0;
  char *key = strcasestr((char *)c->bytes, "\r\nsec-websocket-key:");
  if (!key) fail("a client without a key");
  key += strlen("\r\nsec-websocket-key:");
  key += strspn(key, " ");
  accept_key(key, 24, accept);
  write_all(c->fd, answer, snprintf(answer, sizeof answer,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: %s\r\n\r\n", accept));
  c->is_open = 1;
  c->got -= (uint8_t *)end + 4 - c->bytes;
  memmove(c->bytes, end + 4, c->got);
}

// Answers whole frames in place: without its mask a frame is four bytes shorter.
static void echo(Client *c) {
  size_t at = 0, out = 0;
  while (c->got - at >= 6) {
    uint8_t *b = c->bytes + at;
    size_t head = (b[1] & 127) < 126 ? 2 : (b[1] & 127) == 126 ? 4 : 10, size = b[1] & 127;
    if (c->got - at < head + 4) break;
    if (head > 2) size = 0;
    for (size_t i = 2; i < head; i++) size = size << 8 | b[i];
    if (c->got - at < head + 4 + size) break;
    uint8_t mask[4], *to = c->bytes + out;
    memcpy(mask, b + head, 4);
    if ((b[0] & 15) == 9) b[0]++; // a ping gets its pong
    b[1] &= 127;
    memmove(to, b, head);
    for (size_t i = 0; i < size; i++) to[head + i] = b[head + 4 + i] ^ mask[i & 3];
    at += head + 4 + size;
    out += head + size;
  }
  if (out) write_all(c->fd, c->bytes, out);
  c->got -= at;
  memmove(c->bytes, c->bytes + at, c->got);
}

static void serve(Client *c) {
  if (c->got == c->room) c->bytes = realloc(c->bytes, c->room *= 2);
  ssize_t n = read(c->fd, c->bytes + c->got, c->room - c->got);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    close(c->fd);
    free(c->bytes);
    free(c);
    return;
  }
  c->got += n;
  if (!c->is_open) shake_hands(c);
  if (c->is_open) echo(c);
}

int run_answer(const Options *o) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, poll = epoll_create1(0);
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  server_address(o, &address);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&address, size) || listen(listener, 1024)) fail("listen: %s", strerror(errno));
  getsockname(listener, (void *)&address, &size);
  printf("listening ws://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = 0}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr) { serve(events[i].data.ptr); continue; }
      Client *c = calloc(1, sizeof *c);
      c->fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
      if (c->fd < 0) { free(c); continue; }
      setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      c->bytes = malloc(c->room = 1 << 17);
      event.data.ptr = c;
      epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
    }
  }
}
