/**
 * Listening on Deno's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Transport } from "../../transport/transport.ts";
import type { Listener, ListenOptions } from "../../transport/runtime.ts";
import { WebSocketError } from "../../errors.ts";
import { toAddress } from "./address.ts";
import { listenOnPath } from "../node_builtins/listen_on_path.ts";
import { DenoTransport } from "./transport.ts";

/** How long to wait after an `accept` that failed, for example when the process is out of files. */
const ACCEPT_RETRY_MS = 100;

type DenoListener = Deno.Listener<Deno.Conn, Deno.Addr>;
type Accept = (transport: Transport) => void;

/** Listens; see `Runtime.listen`. Rejects with what Deno throws. */
export async function listen(options: ListenOptions, accept: Accept): Promise<Listener> {
  if (options.path !== undefined) {
    return toListener(await listenUnix(options.path, options), accept);
  }
  // Without this flag, asking for `reusePort` ends the whole process.
  const canReusePort = "listenDatagram" in Deno;
  if (!options.reusePort || canReusePort) return toListener(listenTcp(options), accept);
  if (options.tls !== undefined) throw notSupported("`reusePort` with TLS without --unstable-net");
  return (await import("../node_builtins/net.ts")).listen(options, accept);
}

function notSupported(what: string): WebSocketError {
  return new WebSocketError("ERR_NOT_SUPPORTED", `Deno has no ${what}`);
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

function toListener(listener: DenoListener, accept: Accept): Listener {
  const address = toAddress(listener.addr);
  if (address === null) throw new TypeError(`not a stream: ${listener.addr.transport}`);
  let isClosed = false;
  const accepting = acceptAll(listener, accept, () => isClosed);
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
  accept: Accept,
  isClosed: () => boolean,
): Promise<void> {
  while (!isClosed()) {
    try {
      const conn = await listener.accept();
      if (isTcpConn(conn)) conn.setNoDelay(true);
      accept(new DenoTransport(conn));
    } catch {
      if (isClosed()) return;
      // A peer that is gone again, or no file left: neither ends the listener, nor may it spin.
      await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
    }
  }
}

/** Not unix, which needs none, and not TLS, for which Deno has no way to set it. */
function isTcpConn(conn: Deno.Conn): conn is Deno.TcpConn {
  return "setNoDelay" in conn;
}
