/**
 * Servers on sockets that are not WebSocket servers, for clients that meet the wrong one.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A server on a port of its own. */
export interface SocketServer {
  readonly port: number;
  /** Drops what is connected, and listens no more. */
  close(): Promise<void>;
}

/** How to listen. */
export interface SocketServerOptions {
  /** Speaks TLS. */
  readonly tls?: TlsOptions;
  readonly hostname?: string;
}

type Serve = (socket: Socket) => void;

/** Listens while something is done. */
export async function withSockets<T>(
  options: SocketServerOptions & { readonly serve: Serve },
  use: (server: SocketServer) => Promise<T>,
): Promise<T> {
  const server = await listenOnSockets(options.serve, options);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** Listens; `serve` is given each socket. With `tls` it speaks TLS. */
export async function listenOnSockets(
  serve: Serve,
  { tls, hostname = "127.0.0.1" }: SocketServerOptions = {},
): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    port: address.port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
