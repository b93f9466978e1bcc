/**
 * Listening and dialing on `node:net` and `node:tls`.
 *
 * @module
 */
import * as net from "node:net";
import * as tls from "node:tls";
import type { Transport, TransportSink } from "../../transport/transport.ts";
import type {
  DialOptions,
  Listener,
  ListenOptions,
  TlsClientOptions,
} from "../../transport/runtime.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../defaults.ts";
import { bind } from "./bind.ts";
import { transportOf } from "./socket_transport.ts";
import { toCommonTlsOptions } from "./tls_options.ts";

/** What all sockets share: their ends are ours to decide, and small frames do not wait. */
const socketOptions = { allowHalfOpen: true, noDelay: true } as const;

/** Listens; see `Runtime.listen`. Rejects with the system's error. */
export function listen(
  options: ListenOptions,
  accept: (transport: Transport) => void,
): Promise<Listener> {
  const onSocket = (socket: net.Socket): void => {
    // Node's own listener ends sockets that are not half open. A second one would be an array.
    socket.removeAllListeners("end");
    accept(transportOf(socket));
  };
  if (options.tls === undefined) return bind(net.createServer(socketOptions, onSocket), options);
  const { cert, key } = options.tls;
  const server = tls.createServer(
    { ...socketOptions, cert, key, handshakeTimeout: DEFAULT_HANDSHAKE_TIMEOUT_MS },
    onSocket,
  );
  return bind(server, options);
}

/** Connects; see `Runtime.dial`. Rejects with the system's error, or with the signal's reason. */
export async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  const { signal } = options;
  signal?.throwIfAborted();
  const socket = open(options);
  const readyEvent = options.tls === undefined ? "connect" : "secureConnect";
  const { promise, resolve, reject } = Promise.withResolvers<Transport>();
  const giveUp = (): void => {
    reject(signal?.reason);
    socket.destroy();
  };
  signal?.addEventListener("abort", giveUp, { once: true });
  socket.on("error", reject);
  socket.once(readyEvent, () => {
    const transport = transportOf(socket, options.path);
    transport.sink = sink; // now, not when the promise is looked at: bytes may come with the handshake
    resolve(transport);
  });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", giveUp);
    if (!socket.destroyed) socket.off("error", reject);
  }
}

function open(options: DialOptions): net.Socket {
  const place = options.path === undefined
    ? { host: options.hostname, port: options.port }
    : { path: options.path };
  if (options.tls === undefined) return net.connect({ ...socketOptions, ...place });
  return tls.connect({ ...socketOptions, ...place, ...toTlsOptions(options.tls, place.host) });
}

function toTlsOptions(options: TlsClientOptions, host: string | undefined): tls.ConnectionOptions {
  // SNI is for names alone (RFC 6066 section 3).
  const defaultName = host === undefined || net.isIP(host) !== 0 ? undefined : host;
  return { ...toCommonTlsOptions(options), servername: options.serverName ?? defaultName };
}
