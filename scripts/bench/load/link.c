// A socket, with TLS or without. Without the headers of OpenSSL there is none with TLS.
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *make_context(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, 0);
  // One cipher, so that no server is measured with another.
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  if (!SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256")) fail("no AES");
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Several records a read(), as servers do.
  SSL_CTX_set_default_read_buffer_len(context, 1 << 17);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // each handshake is a full one
  return context;
}

Link link_open(int fd, const Options *o) {
  static SSL_CTX *context;
  if (!o->tls) return (Link){fd, 0};
  if (!context) context = make_context();
  SSL *tls = SSL_new(context);
  SSL_set_fd(tls, fd);
  SSL_set_connect_state(tls);
  return (Link){fd, tls};
}

// What read() and write() say: a number of bytes, 0 at the end, or -1 with errno.
static ssize_t result_of(SSL *tls, int n) {
  if (n > 0) return n;
  int error = SSL_get_error(tls, n);
  if (error == SSL_ERROR_ZERO_RETURN) return 0;
  if (error == SSL_ERROR_SYSCALL && n == 0) return 0;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) errno = EAGAIN;
  else if (error == SSL_ERROR_SSL) fail("TLS: %s", ERR_error_string(ERR_get_error(), 0));
  return -1;
}

int link_secure(Link link) {
  if (!link.tls) return 1;
  int n = SSL_do_handshake(link.tls);
  if (n == 1) return 1;
  if (result_of(link.tls, n) < 0 && errno == EAGAIN) return 0;
  fail("TLS: the server ended the handshake");
}

ssize_t link_read(Link link, void *bytes, size_t length) {
  if (!link.tls) return read(link.fd, bytes, length);
  return result_of(link.tls, SSL_read(link.tls, bytes, length));
}

ssize_t link_write(Link link, const void *bytes, size_t length) {
  if (!link.tls) return write(link.fd, bytes, length);
  return result_of(link.tls, SSL_write(link.tls, bytes, length));
}

void link_end(Link link) {
  if (link.tls) SSL_shutdown(link.tls);
  shutdown(link.fd, SHUT_WR);
}

void link_close(Link link) {
  if (link.tls) SSL_free(link.tls);
  close(link.fd);
}
#else
Link link_open(int fd, const Options *o) {
  if (o->tls) fail("this load was built without OpenSSL");
  return (Link){fd, 0};
}
int link_secure(Link link) { return link.fd >= 0; }
ssize_t link_read(Link link, void *bytes, size_t length) { return read(link.fd, bytes, length); }
ssize_t link_write(Link link, const void *bytes, size_t length) { return write(link.fd, bytes, length); }
void link_end(Link link) { shutdown(link.fd, SHUT_WR); }
void link_close(Link link) { close(link.fd); }
#endif

void reset_all(Link *links, int count) {
  struct linger reset = {1, 0};
  for (int i = 0; i < count; i++) {
    setsockopt(links[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    link_close(links[i]);
  }
}
