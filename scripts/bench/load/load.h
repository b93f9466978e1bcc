// The load generator of `deno task bench`: what its files share. One thread, epoll, no
// dependency, so that it costs less per message than any server it measures.
#ifndef LOAD_H
#define LOAD_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct {
  int port;
  int connections;
  int in_flight;       // messages on their way per connection
  size_t bytes;        // payload of a message
  int text;            // text messages rather than binary ones
  int raw;             // the server echoes TCP, not WebSocket
  int tls;             // over TLS
  size_t chunk;        // bytes per write(), 0 for as many as there are
  double seconds;      // how long is measured
  double warm;         // seconds before that
  double rate;         // messages per second of `paced`, over all connections
  int pid;             // the server, for its time and its memory
  int concurrent;      // handshakes at a time of `open`
  int message;         // `open`: one message on each connection
  double settle;       // `open`: seconds until the memory is read
  const char *content; // characters of text: ascii, mixed, cjk or emoji
  const char *path;
  const char *extensions;  // Sec-WebSocket-Extensions to offer, or NULL
  const char *frames;      // file of frames to send in turn, masked as a client's, or NULL
} Options;

Options read_options(int count, char **words);

// fail.c
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// measure.c
uint64_t now_ns(void);
uint64_t cpu_ns(int pid);  // time of all threads of a process; 0 for this one
long memory_kib(int pid, const char *file, const char *key);
void wait_until_idle(int pid);

typedef struct { uint64_t counts[64 * 64], total, max; } Histogram;
void histogram_add(Histogram *histogram, uint64_t ns);
double histogram_us(const Histogram *histogram, double quantile);
void print_latency(const Histogram *histogram);

// frames.c: what is sent, as one ring of frames that can be written from any of them
typedef struct {
  uint8_t *bytes;
  size_t *starts;  // of frame i, up to `count + in_flight` of them and the end
  int count;       // different frames
  size_t raw_size; // of each, where all are the same
} Frames;
Frames make_frames(const Options *options);
uint8_t payload_at(const Options *options, size_t i);

// socket.c
int tcp_socket(int index);
void server_address(const Options *options, void *address);
size_t write_request(const Options *options, char *request, size_t size);

// link.c: a socket, with TLS or without
typedef struct { int fd; void *tls; } Link;
Link link_open(int fd, const Options *options);
int link_secure(Link link);  // goes on with TLS's handshake; whether it is done
ssize_t link_read(Link link, void *bytes, size_t length);         // as read() does
ssize_t link_write(Link link, const void *bytes, size_t length);  // as write() does
void link_end(Link link);    // no more will be written
void link_close(Link link);
void reset_all(Link *links, int count);  // TIME_WAIT would keep the ports of closed ones for a minute

// handshake.c
void open_all(const Options *options, Link *links);

// connection.c
typedef struct {
  Link link;
  int in_flight;
  int owed;              // paced: messages due that the system did not take yet
  int next;              // frame to send next
  const uint8_t *out;    // what is left to write
  size_t out_left;
  uint8_t head[10];      // of the frame that is arriving
  int head_length;
  uint64_t payload_left, message_size, skip;
  int is_first, is_control, is_final;
  uint64_t *sent_at;     // ring, in the order of sending
  unsigned sent_head, sent_tail, ring_mask;
} Connection;

typedef struct { uint64_t bytes_in, bytes_out; } Wire;
extern Wire wire;

Connection *open_connections(const Options *options);
void close_connections(Connection *connections, int count, const Options *options);
// How many messages `length` bytes that arrived complete.
int take(Connection *connection, const Options *options, const Frames *frames, const uint8_t *bytes, size_t length);
// Reads once, and says how many messages that completed, and whether there is no more.
int receive(Connection *connection, const Options *options, const Frames *frames, int *is_empty);
// Writes what is left; 0 if the system takes no more.
int push(Connection *connection, const Options *options);

// The modes, by the names they are called by.
int run_echo(const Options *options);
int run_paced(const Options *options);
int run_open(const Options *options);
int run_fanout(const Options *options);
int run_keepalive(const Options *options);
int run_answer(const Options *options);
#endif
