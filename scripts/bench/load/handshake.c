// Opening handshakes, so many at a time: one after the other would wait for each, and take so
// long with thousands that servers lose their patience with the first.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

typedef struct { Link link; int is_secure, is_sent; size_t got; char head[1024]; } Opening;

static int begin(Opening *opening, const Options *o, int index, int poll) {
  struct sockaddr_in address;
  server_address(o, &address);
  opening->link = link_open(tcp_socket(index), o);
  opening->is_secure = opening->is_sent = opening->got = 0;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = opening};
  if (connect(opening->link.fd, (void *)&address, sizeof address) && errno != EINPROGRESS)
    fail("connect: %s", strerror(errno));
  return epoll_ctl(poll, EPOLL_CTL_ADD, opening->link.fd, &event);
}

// Whether it is done: with raw TCP once it is connected.
static int go_on(Opening *opening, const Options *o, uint32_t events) {
  if (!opening->is_secure && !(events & EPOLLOUT && link_secure(opening->link))) return 0;
  opening->is_secure = 1;
  if (o->raw) return 1;
  char request[1024];
  size_t length = write_request(o, request, sizeof request);
  if (!opening->is_sent) {
    if (link_write(opening->link, request, length) != (ssize_t)length) fail("connect: %s", strerror(errno));
    opening->is_sent = 1;
  }
  ssize_t n = link_read(opening->link, opening->head + opening->got, sizeof opening->head - 1 - opening->got);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) fail("the handshake was ended: %s", n ? strerror(errno) : "closed");
  opening->head[opening->got += n] = 0;
  if (!strstr(opening->head, "\r\n\r\n")) return 0;
  if (strncmp(opening->head, "HTTP/1.1 101", 12)) fail("no 101: %s", opening->head);
  if (o->frames && !strcasestr(opening->head, "permessage-deflate")) fail("the server does not compress");
  return 1;
}

void open_all(const Options *o, Link *links) {
  int poll = epoll_create1(0), open = 0, begun = 0;
  Opening *openings = calloc(o->concurrent, sizeof *openings);
  while (begun < o->concurrent && begun < o->connections) begin(&openings[begun], o, begun, poll), begun++;
  struct epoll_event events[256];
  while (open < o->connections) {
    int count = epoll_wait(poll, events, 256, 10000);
    if (count == 0) fail("no handshake for 10 s, after %d", open);
    for (int i = 0; i < count; i++) {
      Opening *opening = events[i].data.ptr;
      if (!go_on(opening, o, events[i].events)) continue;
      epoll_ctl(poll, EPOLL_CTL_DEL, opening->link.fd, 0);
      links[open++] = opening->link;
      if (begun < o->connections) begin(opening, o, begun++, poll);
    }
  }
  free(openings);
  close(poll);
}
