/**
 * The servers of `mod.ts` on the runtime that the tests run on, at each kind of place.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectOptions, serve, type ServeOptions } from "../../../mod.ts";
import { RawClient } from "../../helpers/raw_http.ts";
import { ca, cert, key } from "../../helpers/tls/fixtures.ts";
import type { Serve } from "./host.ts";

/** Where a server listens. */
export type Place = "tcp" | "unix" | "tls";

/** Serves at a place; `defaults` and `client` go under the options of each test. */
export function serveAt(
  place: Place,
  defaults: ServeOptions = {},
  client: ConnectOptions = {},
): Serve {
  return async (options, handler) => {
    const directory = place === "unix" ? mkdtempSync(join(tmpdir(), "fullduplex-")) : null;
    const path = directory === null ? undefined : join(directory, "socket");
    const server = await serve({
      ...defaults,
      ...options,
      ...(path === undefined ? {} : { path }),
      ...(place === "tls" ? { tls: { cert, key } } : {}),
    }, handler);
    const { address } = server;
    const authority = address.transport === "tcp" ? `127.0.0.1:${address.port}` : "localhost";
    const scheme = place === "tls" ? "wss" : "ws";
    return {
      connections: server.connections,
      connect: (target = "/", more = {}) =>
        connect(`${scheme}://${authority}${target}`, {
          ...(path === undefined ? {} : { path }),
          ...(place === "tls" ? { tls: { ca } } : {}),
          ...client,
          ...more,
        }),
      openRaw: () => new RawClient(address, { tls: place === "tls" }),
      async close(closeOptions) {
        await server.close(closeOptions);
        if (directory !== null) rmSync(directory, { recursive: true, force: true });
      },
    };
  };
}
