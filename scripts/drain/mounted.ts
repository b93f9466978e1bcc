/**
 * A mount on the HTTP server that each runtime has: `node:http`, `Deno.serve` or `Bun.serve`.
 *
 * @module
 */
import type { ServerCloseOptions, ServerCloseReport, WebSocketHandler } from "../../mod.ts";
import { bun, type BunServer } from "../bench/peers/bun.ts";

/** As much of a server as a drain needs. */
export interface Drainable {
  readonly port: number;
  close(options: ServerCloseOptions): Promise<ServerCloseReport>;
}

const hostname = "127.0.0.1";

/** Starts the HTTP server of this runtime with a mount on it. */
export async function startMounted(
  options: { onError: () => void; maxPendingUpgrades: number },
  handler: WebSocketHandler,
): Promise<Drainable> {
  if ("Deno" in globalThis) {
    const { mount } = await import("../../src/runtime/deno/mod.ts");
    const { upgrade, close } = mount(options, handler);
    const { addr: { port } } = Deno.serve({ hostname, port: 0, onListen() {} }, upgrade);
    return { port, close };
  }
  if ("Bun" in globalThis) {
    const { mount } = await import("../../src/runtime/bun/mod.ts");
    const { upgrade, websocket, close } = mount(options, handler);
    const fetch = (request: Request, server: BunServer) => upgrade(request, server);
    return { port: bun.serve({ hostname, port: 0, fetch, websocket }).port, close };
  }
  const { mount } = await import("../../src/runtime/node/mod.ts");
  const { createServer } = await import("node:http");
  const { upgrade, close } = mount(options, handler);
  const server = createServer((_request, response) => response.end("hello\n"));
  server.on("upgrade", upgrade);
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  const address = server.address();
  return { port: typeof address === "object" ? address?.port ?? 0 : 0, close };
}
