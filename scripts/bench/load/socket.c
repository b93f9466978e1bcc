// Sockets and the request that opens a WebSocket on them.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include "load.h"

void server_address(const Options *o, void *address) {
  *(struct sockaddr_in *)address = (struct sockaddr_in){
    .sin_family = AF_INET, .sin_port = htons(o->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

// An address of our own has some 28,000 ports, so each 20,000 connections get another.
int tcp_socket(int index) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) fail("socket: %s (ulimit -n?)", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (index >= 20000) {
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / 20000)};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (void *)&own, sizeof own)) fail("bind: %s", strerror(errno));
  }
  return fd;
}

size_t write_request(const Options *o, char *request, size_t size) {
  return snprintf(request, size,
    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
    o->path, o->port, o->extensions ? "Sec-WebSocket-Extensions: " : "",
    o->extensions ? o->extensions : "", o->extensions ? "\r\n" : "");
}
