/**
 * Servers of `node:tls`. They have a file of their own, because `node:tls` is loaded late.
 *
 * @module
 */
import type { Socket } from "node:net";
import * as tls from "node:tls";
import type { HandshakeLimits, ListenOptions } from "../../transport/runtime.ts";
import { handshakeTimeoutOf, limitHandshakes } from "./tls_handshakes.ts";

/**
 * Those of accepted sockets that speak TLS. A peer that ends its side during the TLS handshake
 * would otherwise keep its place for all of the handshake's time. `transportOf` lets them be half
 * open once it is over.
 */
export const secureOptions = { noDelay: true } as const;

/** Makes a server that limits its handshakes, and does not listen yet. */
export function makeTlsServer(
  options: Required<Pick<ListenOptions, "tls">> & HandshakeLimits,
  onSocket: (socket: Socket) => void,
): tls.Server {
  const { cert, key } = options.tls;
  const server = tls.createServer(
    { ...secureOptions, cert, key, handshakeTimeout: handshakeTimeoutOf(options) },
    onSocket,
  );
  limitHandshakes(server, options);
  return server;
}
