/**
 * Listening on Deno's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Transport } from "../../transport/transport.ts";
import type { Listener, ListenOptions, ListenReports } from "../../transport/runtime.ts";
import { LastingFault } from "../../transport/lasting_fault.ts";
import { notSupported } from "./not_supported.ts";
import { toAddress } from "./address.ts";
import { listenOnPath } from "../node_builtins/listen_on_path.ts";
import { DenoTransport } from "./transport.ts";

/**
 * The pause after an `accept` that failed, for example because the process has too many files open.
 */
const ACCEPT_RETRY_MS = 100;

type DenoListener = Deno.Listener<Deno.Conn, Deno.Addr>;
type OnTransport = (transport: Transport) => void;

/** Listens; see `Runtime.listen`. Rejects with Deno's error. */
export async function listen(
  options: ListenOptions & ListenReports,
  onTransport: OnTransport,
): Promise<Listener> {
  if (options.path !== undefined) {
    return toListener(await listenUnix(options.path, options), onTransport, options);
  }
  // This function exists under --unstable-net. Without that flag `reusePort` ends the whole
  // process.
  const canReusePort = "listenDatagram" in Deno;
  if (!options.reusePort || canReusePort) {
    return toListener(listenTcp(options), onTransport, options);
  }
  if (options.tls !== undefined) throw notSupported("`reusePort` with TLS without --unstable-net");
  return (await import("../node_builtins/net.ts")).listen(options, onTransport);
}

function listenTcp(
  { hostname = "127.0.0.1", port = 0, tls, reusePort = false }: ListenOptions,
): DenoListener {
  const place = reusePort ? { hostname, port, reusePort } : { hostname, port };
  return tls === undefined ? Deno.listen(place) : Deno.listenTls({ ...place, ...tls });
}

async function listenUnix(path: string, { tls }: ListenOptions): Promise<DenoListener> {
  if (tls !== undefined) throw notSupported("TLS on unix sockets");
  const place = { transport: "unix", path } as const;
  return await listenOnPath<DenoListener>(path, () => Deno.listen(place));
}

function toListener(
  listener: DenoListener,
  onTransport: OnTransport,
  reports: ListenReports,
): Listener {
  const address = toAddress(listener.addr);
  if (address === null) throw new TypeError(`not a stream: ${listener.addr.transport}`);
  let isClosed = false;
  const accepting = acceptAll(listener, onTransport, { ...reports, isClosed: () => isClosed });
  return {
    address,
    close() {
      if (!isClosed) listener.close();
      isClosed = true;
      return accepting;
    },
  };
}

async function acceptAll(
  listener: DenoListener,
  onTransport: OnTransport,
  { isClosed, onError }: ListenReports & { isClosed(): boolean },
): Promise<void> {
  const fault = new LastingFault();
  while (!isClosed()) {
    let conn: Deno.Conn;
    try {
      conn = await listener.accept();
    } catch (error) {
      if (isClosed()) return;
      // If the peer has left already, accepting continues at once. Any other failure, such as too
      // many open files, lasts for some time; without a pause the loop would use the whole
      // processor.
      const hasLeft = error instanceof Deno.errors.NotConnected ||
        error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.ConnectionAborted;
      if (hasLeft) continue;
      if (fault.meet()) onError?.(error);
      await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      continue;
    }
    try {
      if (isTcpConn(conn)) conn.setNoDelay(true);
      onTransport(new DenoTransport(conn));
    } catch {
      conn.close(); // the peer has left already; accepting continues
    }
  }
}

/**
 * Whether TCP_NODELAY can be set. Unix sockets do not need it, and Deno cannot set it on TLS
 * connections.
 */
function isTcpConn(conn: Deno.Conn): conn is Deno.TcpConn {
  return "setNoDelay" in conn;
}
