/**
 * Connecting on Deno's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Transport, TransportSink } from "../../transport/transport.ts";
import type { DialOptions, DialTls, Tunnel } from "../../transport/runtime.ts";
import { withSignal } from "../../promises.ts";
import { notSupported } from "./not_supported.ts";
import { DenoTransport } from "./transport.ts";

/** Connects; see `Runtime.dial`. Rejects with Deno's error, or with the signal's reason. */
export async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  const { signal, tls, tunnel } = options;
  signal?.throwIfAborted();
  checkSupport(options);
  if (tls !== undefined && tunnel?.tls !== undefined) {
    // Deno's own TLS works over TCP only, not over the TLS to a proxy.
    return await (await import("../node_builtins/dial.ts")).dial(options, sink);
  }
  const conn = await (tls === undefined ? connect(options) : connectTls(options, tls));
  if (signal?.aborted) {
    conn.close();
    throw signal.reason;
  }
  return new DenoTransport(conn, sink);
}

function checkSupport({ tls, localAddress }: DialOptions): void {
  if (localAddress !== undefined) throw notSupported("`localAddress`");
  if (tls?.pins !== undefined) throw notSupported("`tls.pins`: they show no certificate");
  if (tls?.dangerouslyAcceptAnyCertificate === true) {
    const instead = "start Deno with --unsafely-ignore-certificate-errors=HOST";
    throw notSupported(`\`tls.dangerouslyAcceptAnyCertificate\`: ${instead}`);
  }
}

async function connect(options: DialOptions): Promise<Deno.Conn> {
  if (options.path !== undefined) {
    return await Deno.connect({ transport: "unix", path: options.path });
  }
  const { tunnel } = options;
  if (tunnel === undefined) return await connectTcp(options);
  const tcp = await connectTcp(options);
  const conn = tunnel.tls === undefined ? tcp : await startTls(tcp, tunnel.tls, options);
  return await throughTunnel(conn, tunnel, options);
}

type TcpOptions = Extract<DialOptions, { port: number }>;

async function connectTcp(options: TcpOptions): Promise<Deno.TcpConn> {
  const { hostname, address = hostname, port, signal, onConnect } = options;
  const conn = await Deno.connect({ hostname: address, port, signal });
  conn.setNoDelay(true);
  onConnect?.();
  return conn;
}

async function connectTls(options: DialOptions, tls: DialTls): Promise<Deno.Conn> {
  if (options.path !== undefined) throw notSupported("TLS on a unix socket");
  const { tunnel } = options;
  if (tls.cert !== undefined && tls.key !== undefined) {
    return await connectWithCertificate(options, { ...tls, cert: tls.cert, key: tls.key });
  }
  const tcp = await connectTcp(options);
  if (tunnel !== undefined) await throughTunnel(tcp, tunnel, options);
  const { signal } = options;
  return await startTls(tcp, tls, { hostname: tunnel?.hostname ?? options.hostname, signal });
}

/**
 * Connects with a client certificate. Only `Deno.connectTls` takes one, and it takes neither
 * another server name nor an existing transport.
 */
async function connectWithCertificate(
  { hostname, port, address, tunnel, signal }: TcpOptions,
  { ca, cert, key, serverName = hostname, alpn }: DialTls & { cert: string; key: string },
): Promise<Deno.Conn> {
  if (serverName !== hostname) throw notSupported("a client certificate with a `serverName`");
  if (tunnel !== undefined) throw notSupported("a client certificate through a proxy");
  if (address !== undefined) throw notSupported("a client certificate with an address");
  const names = alpn === undefined ? {} : { alpnProtocols: [...alpn] };
  const connecting = Deno.connectTls({
    ...{ hostname, port, caCerts: toList(ca), cert, key },
    ...names,
  });
  const conn = await withSignal(connecting, signal).catch((error) => {
    // It takes no signal (2.9.6), and waits for the server's half of the handshake as for TCP.
    connecting.then((late) => late.close(), () => {});
    throw error;
  });
  return await handshaken(conn, signal);
}

async function startTls(
  tcp: Deno.TcpConn,
  { ca, serverName, alpn }: DialTls,
  { hostname, signal }: { hostname: string; signal?: AbortSignal | undefined },
): Promise<Deno.TlsConn> {
  const names = alpn === undefined ? {} : { alpnProtocols: [...alpn] };
  // Not `Deno.connectTls`, which can set neither TCP_NODELAY nor another server name.
  const conn = await Deno.startTls(tcp, {
    ...{ hostname: serverName ?? hostname, caCerts: toList(ca) },
    ...names,
  });
  return await handshaken(conn, signal);
}

const toList = (ca: DialTls["ca"]): string[] => typeof ca === "string" ? [ca] : [...ca ?? []];

async function handshaken(
  conn: Deno.TlsConn,
  signal: AbortSignal | undefined,
): Promise<Deno.TlsConn> {
  await unlessAborted(conn, signal, () => conn.handshake());
  return conn;
}

async function throughTunnel<C extends Deno.Conn>(
  conn: C,
  tunnel: Tunnel,
  { signal }: DialOptions,
): Promise<C> {
  await unlessAborted(conn, signal, () =>
    tunnel.open({
      async read() {
        const buffer = new Uint8Array(4_096);
        const length = await conn.read(buffer);
        return length === null ? null : buffer.subarray(0, length);
      },
      async write(bytes) {
        for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
      },
    }));
  return conn;
}

/** Runs `act`. Closes the transport if it fails, or if the signal is aborted meanwhile. */
async function unlessAborted(
  conn: Deno.Conn,
  signal: AbortSignal | undefined,
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await withSignal(act(), signal);
  } catch (error) {
    conn.close();
    throw error;
  }
}
