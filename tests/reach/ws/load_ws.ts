/**
 * The module that a program for `ws` runs on: our face, or the package itself as the control.
 *
 * @module
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type * as face from "../../../src/ws/mod.ts";
import { loadPackage } from "../load_package.ts";

/** The classes that the programs use. */
export type Ws = Pick<typeof face, "WebSocket" | "WebSocketServer">;

/** Loads it. (Bun has a `ws` of its own in place of the package.) */
export async function loadWs(): Promise<Ws> {
  return process.env.REACH_FACE === "ws"
    ? await loadPackage<Ws>("ws")
    : await import("../../../src/ws/mod.ts");
}

/** Listens on a free port; gives `127.0.0.1:PORT`. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
