/**
 * The server of `mixed.ts`: three adapters with every kind of handler. It says where it listens in
 * its first line, and answers each line on stdin with one line of figures.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { routes, serve, type ServeOptions, type WebSocketHandler } from "../../mod.ts";
import { TLS_FILES } from "../interop/peers.ts";

const counts = { opened: 0, closed: 0, errors: 0 };
const noted: Pick<WebSocketHandler, "close"> = { close: () => void counts.closed++ };

const handler = routes({
  "/fed": {
    ...noted,
    open: () => void counts.opened++,
    message: (connection, message) => connection.send(message),
  },
  "/session": {
    ...noted,
    async session(connection) {
      counts.opened++;
      for await (const message of connection) await connection.send(message);
    },
  },
  "/streams": {
    ...noted,
    async session(connection) {
      counts.opened++;
      for (;;) {
        const stream = await connection.readStream();
        if (stream === null) return;
        await connection.send(stream.readable);
      }
    },
  },
  "/late": {
    ...noted,
    open: () => void counts.opened++,
    async message(connection, message) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await connection.send(message);
    },
  },
});
const common: ServeOptions = {
  compression: true,
  maxMessageBytes: 1024 * 1024,
  // Attacks share the machine with honest clients, and a busy one may stand still for seconds.
  handshakeTimeoutMs: 40_000,
  pingIntervalMs: 4_000,
  pongTimeoutMs: 30_000,
  closeTimeoutMs: 4_000,
  onRefuse: () => {},
  onError: (error) => {
    if (counts.errors++ < 5) console.error("onError:", error);
  },
};
const tls = {
  cert: readFileSync(TLS_FILES.cert, "utf8"),
  key: readFileSync(TLS_FILES.key, "utf8"),
};
const servers = [
  await serve(common, handler),
  await serve({ ...common, tls }, handler),
  await serve({ ...common, fetch: () => new Response("ordinary\n") }, handler),
];
console.log(JSON.stringify(servers.map(({ url }) => url)));

declare const Bun: { gc(force: boolean): void } | undefined;

/** The handles that keep the process alive, by kind. Bun does not report them. */
function countResources(): { handles: number; timers: number } {
  const all: readonly string[] = process.getActiveResourcesInfo?.() ?? [];
  const timers = all.filter((name) => name === "Timeout").length;
  return { handles: all.length - timers, timers };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "collect") {
    const gc: unknown = Reflect.get(globalThis, "gc");
    for (let time = 0; time < 3; time++) { // what a finalizer lets go is only collected next
      if (typeof gc === "function") gc();
      else if (typeof Bun !== "undefined") Bun.gc(true);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const open = servers.reduce((sum, { connections }) => sum + connections.size, 0);
  const { heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ ...counts, open, held: heapUsed + external, ...countResources() }));
}
process.exit(0);
