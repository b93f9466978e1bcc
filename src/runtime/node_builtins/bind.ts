/**
 * Binding a server of `node:net`, `node:tls`, `node:http` or `node:https`.
 *
 * @module
 */
import type { Server } from "node:net";
import type { Address } from "../../message.ts";
import type { Listener, ListenOptions, ListenReports } from "../../transport/runtime.ts";
import { FileWatch } from "./file_watch.ts";
import { checkPath } from "./check_path.ts";
import { listenOnPath } from "./listen_on_path.ts";

/** Makes a server listen. Rejects with the system's error if the address cannot be bound. */
export async function bind(
  server: Server,
  options: ListenOptions & ListenReports,
): Promise<Listener> {
  if (options.path === undefined) await start(server, options);
  else {
    checkPath("bind", options.path);
    await listenOnPath(options.path, () => start(server, options));
  }
  // An `accept` that failed, for example because too many files are open, must not end the server.
  server.on("error", () => {});
  const watch = FileWatch.make(options.onError);
  if (watch !== null) server.on("connection", () => watch.onAccepted());
  const close = (): Promise<void> => {
    watch?.close();
    return stop(server);
  };
  return { address: toAddress(server, options), close };
}

function start(server: Server, options: ListenOptions): Promise<void> {
  const { hostname = "127.0.0.1", port = 0, path, reusePort } = options;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const place = path === undefined ? { host: hostname, port, reusePort } : { path };
    server.listen(place, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function toAddress(server: Server, { path, hostname = "127.0.0.1" }: ListenOptions): Address {
  const bound = server.address();
  if (typeof bound === "object" && bound !== null && path === undefined) {
    return { transport: "tcp", hostname: bound.address, port: bound.port };
  }
  if (path !== undefined) return { transport: "unix", path };
  throw new TypeError(`no address of ${hostname}`);
}

/**
 * Stops accepting. The port is free at once, whereas the `close` event waits for the connections.
 */
// deno-lint-ignore require-await -- an error becomes a rejection
async function stop(server: Server): Promise<void> {
  if (server.listening) server.close();
}
