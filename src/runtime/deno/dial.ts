/**
 * Connecting on Deno's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Transport, TransportSink } from "../../transport/transport.ts";
import type { DialOptions, TlsClientOptions } from "../../transport/runtime.ts";
import { WebSocketError } from "../../errors.ts";
import { DenoTransport } from "./transport.ts";

/** Connects; see `Runtime.dial`. Rejects with what Deno rejects, or with the signal's reason. */
export async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  const { signal, tls } = options;
  signal?.throwIfAborted();
  const conn = await (tls === undefined ? connect(options) : connectTls(options, tls));
  if (signal?.aborted) {
    conn.close();
    throw signal.reason;
  }
  return new DenoTransport(conn, sink);
}

function connect(options: DialOptions): Promise<Deno.Conn> {
  if (options.path === undefined) return connectTcp(options);
  return Deno.connect({ transport: "unix", path: options.path });
}

type TcpOptions = Extract<DialOptions, { port: number }>;

const notSupported = (what: string): WebSocketError =>
  new WebSocketError("ERR_NOT_SUPPORTED", `Deno's sockets cannot do ${what}`);

async function connectTcp({ hostname, port, signal }: TcpOptions): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(true);
  return conn;
}

async function connectTls(options: DialOptions, tls: TlsClientOptions): Promise<Deno.Conn> {
  const { signal } = options;
  const conn = await startTls(options, tls);
  const giveUp = (): void => conn.close();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await conn.handshake();
    return conn;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    conn.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

async function startTls(options: DialOptions, tls: TlsClientOptions): Promise<Deno.TlsConn> {
  if (options.path !== undefined) throw notSupported("TLS on a unix socket");
  const { hostname, port } = options;
  const { ca = [], cert, key, serverName = hostname } = tls;
  const caCerts = typeof ca === "string" ? [ca] : [...ca];
  if (cert === undefined || key === undefined) {
    // Not Deno.connectTls: that knows neither TCP_NODELAY nor another server name.
    return await Deno.startTls(await connectTcp(options), { hostname: serverName, caCerts });
  }
  if (serverName !== hostname) throw notSupported("a client certificate with a `serverName`");
  return await Deno.connectTls({ hostname, port, caCerts, cert, key });
}
