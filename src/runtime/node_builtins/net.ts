/**
 * Listening on `node:net`, and on `node:tls` if it is asked for.
 *
 * @module
 */
import * as net from "node:net";
import type { Transport } from "../../transport/transport.ts";
import type {
  HandshakeLimits,
  Listener,
  ListenOptions,
  ListenReports,
} from "../../transport/runtime.ts";
import { bind } from "./bind.ts";
import { transportOf } from "./socket_transport.ts";

/** Options of all sockets: half-open ones stay open, and small frames do not wait (TCP_NODELAY). */
export const socketOptions = { allowHalfOpen: true, noDelay: true } as const;

/** Listens; see `Runtime.listen`. Rejects with the system's error. */
export async function listen(
  options: ListenOptions & HandshakeLimits & ListenReports,
  onTransport: (transport: Transport) => void,
): Promise<Listener> {
  const onSocket = (socket: net.Socket): void => {
    // Removes Node's own listener, which only matters for sockets that may not be half open. Beside
    // ours it would make the listeners an array, which costs memory.
    socket.removeAllListeners("end");
    onTransport(transportOf(socket));
  };
  const { tls } = options;
  if (tls === undefined) return await bind(net.createServer(socketOptions, onSocket), options);
  // Loaded late, because `node:tls` takes 4 MiB.
  const { makeTlsServer } = await import("./tls_server.ts");
  return await bind(makeTlsServer({ ...options, tls }, onSocket), options);
}
