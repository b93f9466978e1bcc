/**
 * Connects by `node:net` and `node:tls`: on Node, and on the other runtimes through a proxy.
 *
 * @module
 */
import * as net from "node:net";
import * as tls from "node:tls";
import type { Transport, TransportSink } from "../../transport/transport.ts";
import type { DialOptions, DialTls, Tunnel } from "../../transport/runtime.ts";
import { checkPath } from "./check_path.ts";
import { socketOptions } from "./net.ts";
import { SocketPipe } from "./socket_pipe.ts";
import { transportOf } from "./socket_transport.ts";
import { toCommonTlsOptions } from "./tls_options.ts";

/** Connects; see `Runtime.dial`. Rejects with the system's error, or with the signal's reason. */
export async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  return await dialSocket(options, (socket) => {
    const transport = transportOf(socket, options.path);
    transport.sink = sink; // set now, because bytes may arrive together with the handshake
    return transport;
  });
}

/** Connects, and gives the socket to `use` in the turn in which it is ready. */
export async function dialSocket<T>(
  options: DialOptions,
  use: (socket: net.Socket) => T,
): Promise<Awaited<T>> {
  const { signal, tunnel } = options;
  signal?.throwIfAborted();
  if (options.path !== undefined) checkPath("connect", options.path);
  const { pins } = options.tls ?? {};
  const check = pins === undefined ? null : await checkerOf(pins);
  const take = (socket: net.Socket): T => {
    if (socket instanceof tls.TLSSocket) check?.(socket.getPeerCertificate().raw);
    return use(socket);
  };
  if (tunnel === undefined) return await whenReady(open(options, options.tls), { options, take });
  const socket = await openTunnel(options, tunnel);
  if (options.tls === undefined) return await take(socket);
  const secure = tls.connect({
    ...socketOptions,
    socket,
    ...toTlsOptions(options.tls, tunnel.hostname),
  });
  return await whenReady(secure, { options: { tls: options.tls, signal }, take });
}

/** The check of a server's certificate. It is loaded late, because only pins need `node:crypto`. */
async function checkerOf(pins: readonly string[]): Promise<(certificate: Uint8Array) => void> {
  const { checkPins } = await import("./spki_pins.ts");
  return (certificate) => checkPins(certificate, pins);
}

/** Options of waiting for a socket. */
interface Waiting<T> {
  readonly options: Pick<DialOptions, "tls" | "signal" | "onConnect">;
  /** Called with the socket in the turn in which it is ready. */
  readonly take: (socket: net.Socket) => T;
}

async function whenReady<T>(
  socket: net.Socket,
  { options, take }: Waiting<T>,
): Promise<Awaited<T>> {
  const { signal, onConnect } = options;
  if (signal?.aborted) socket.destroy();
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => {
    reject(signal?.reason);
    socket.destroy();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  socket.on("error", reject);
  if (onConnect !== undefined) socket.once("connect", onConnect);
  socket.once(options.tls === undefined ? "connect" : "secureConnect", () => {
    try {
      resolve(take(socket));
    } catch (error) {
      reject(error);
      socket.destroy();
    }
  });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (!socket.destroyed) socket.off("error", reject);
  }
}

/** Connects to the proxy, and resolves once the proxy has connected to the server. */
async function openTunnel(options: DialOptions, tunnel: Tunnel): Promise<net.Socket> {
  const { signal, onConnect } = options;
  const toProxy = { tls: tunnel.tls, signal, onConnect };
  const take = (socket: net.Socket): SocketPipe => new SocketPipe(socket);
  const pipe = await whenReady(open(options, tunnel.tls), { options: toProxy, take });
  const onAbort = (): void => pipe.destroy(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await tunnel.open(pipe);
  } catch (error) {
    pipe.destroy(error);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return pipe.release();
}

function open(options: DialOptions, tlsOptions: DialTls | undefined): net.Socket {
  const { localAddress } = options;
  const place = options.path === undefined
    ? { host: options.address ?? options.hostname, port: options.port, localAddress }
    : { path: options.path };
  if (tlsOptions === undefined) return net.connect({ ...socketOptions, ...place });
  const host = options.path === undefined ? options.hostname : undefined;
  return tls.connect({ ...socketOptions, ...place, ...toTlsOptions(tlsOptions, host) });
}

/** `host` is the name that the certificate must be for, unless `serverName` is given. */
function toTlsOptions(options: DialTls, host: string | undefined): tls.ConnectionOptions {
  const { serverName, alpn } = options;
  const isAddress = host !== undefined && net.isIP(host) !== 0;
  return {
    ...toCommonTlsOptions(options),
    // SNI is for names alone (RFC 6066 section 3).
    servername: serverName ?? (isAddress ? undefined : host),
    ...serverName === undefined && isAddress
      ? { checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate) }
      : {},
    ...alpn === undefined ? {} : { ALPNProtocols: alpn.slice() },
  };
}
