/**
 * Listening on Deno's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Address, Listener, ListenOptions, Transport } from "../connection/transport.ts";
import { WebSocketError } from "../errors.ts";
import { DenoTransport } from "./deno_transport.ts";

/** How long to wait after an `accept` that failed, for example when the process is out of files. */
const ACCEPT_RETRY_MS = 100;

type DenoListener = Deno.Listener<Deno.Conn, Deno.Addr>;

/** Listens; see `Runtime.listen`. Throws what `Deno.listen` throws. */
export function listen(options: ListenOptions, accept: (transport: Transport) => void): Listener {
  const listener = options.path === undefined
    ? listenTcp(options)
    : listenUnix(options.path, options.tls !== undefined);
  let closed: Promise<void> | undefined;
  const accepting = acceptAll(listener, accept, () => closed !== undefined);
  return {
    address: toAddress(listener.addr),
    close: () =>
      closed ??= (async () => {
        listener.close();
        await accepting;
      })(),
  };
}

function listenTcp(
  { hostname = "127.0.0.1", port = 0, tls, reusePort = false }: ListenOptions,
): DenoListener {
  // Naming `reusePort` at all ends a process that was started without `--unstable-net`.
  const place = reusePort ? { hostname, port, reusePort } : { hostname, port };
  return tls === undefined ? Deno.listen(place) : Deno.listenTls({ ...place, ...tls });
}

function listenUnix(path: string, wantsTls: boolean): DenoListener {
  if (wantsTls) {
    throw new WebSocketError("ERR_NOT_SUPPORTED", "Deno cannot serve TLS on a unix socket");
  }
  return Deno.listen({ transport: "unix", path });
}

function toAddress(address: Deno.Addr): Address {
  if (address.transport === "tcp") {
    return { transport: "tcp", hostname: address.hostname, port: address.port };
  }
  if (address.transport === "unix") return { transport: "unix", path: address.path };
  throw new TypeError(`not a stream: ${address.transport}`);
}

async function acceptAll(
  listener: DenoListener,
  accept: (transport: Transport) => void,
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
