/**
 * Listening on `node:net` and `node:tls`.
 *
 * @module
 */
import * as net from "node:net";
import * as tls from "node:tls";
import type { Transport } from "../../transport/transport.ts";
import type {
  HandshakeLimits,
  Listener,
  ListenOptions,
  ListenReports,
} from "../../transport/runtime.ts";
import { bind } from "./bind.ts";
import { transportOf } from "./socket_transport.ts";
import { handshakeTimeoutOf, limitHandshakes } from "./tls_handshakes.ts";

/** Options of all sockets: half-open ones stay open, and small frames do not wait (TCP_NODELAY). */
export const socketOptions = { allowHalfOpen: true, noDelay: true } as const;

/**
 * Those of accepted sockets that speak TLS. A peer that ends its side during the TLS handshake
 * would otherwise keep its place for all of the handshake's time. `transportOf` lets them be half
 * open once it is over.
 */
export const secureOptions = { noDelay: true } as const;

/** Listens; see `Runtime.listen`. Rejects with the system's error. */
export function listen(
  options: ListenOptions & HandshakeLimits & ListenReports,
  onTransport: (transport: Transport) => void,
): Promise<Listener> {
  const onSocket = (socket: net.Socket): void => {
    // Removes Node's own listener, which only matters for sockets that may not be half open. Beside
    // ours it would make the listeners an array, which costs memory.
    socket.removeAllListeners("end");
    onTransport(transportOf(socket));
  };
  if (options.tls === undefined) return bind(net.createServer(socketOptions, onSocket), options);
  const { cert, key } = options.tls;
  const server = tls.createServer(
    { ...secureOptions, cert, key, handshakeTimeout: handshakeTimeoutOf(options) },
    onSocket,
  );
  limitHandshakes(server, options);
  return bind(server, options);
}
