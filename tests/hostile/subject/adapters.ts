/**
 * Every way to accept connections with this library, behind one function each.
 *
 * @module
 */
import { createServer as createHttp, type Server } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import type { HandlerProducer, ServeOptions, WebSocketHandler } from "../../../mod.ts";
import { cert, key } from "../../helpers/tls/fixtures.ts";
import { toDuplex } from "../../helpers/socket_duplex.ts";
import { sleep } from "./handlers.ts";

/** What a server under test is made of. */
export interface Setup {
  readonly options: ServeOptions;
  readonly handler: WebSocketHandler | HandlerProducer;
  /** How long the application thinks before it hands a socket to a mount. */
  readonly thinkMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** A server under test. */
export interface Running {
  readonly port: number;
  countConnections(): number;
  close(timeoutMs: number): Promise<unknown>;
}

type Start = (setup: Setup) => Promise<Running>;

const own = (added: (setup: Setup) => ServeOptions): Start => async (setup) => {
  const { serve } = await import("../../../mod.ts");
  const server = await serve({ ...setup.options, ...added(setup) }, setup.handler);
  if (server.address.transport !== "tcp") throw new Error("not on TCP");
  return {
    port: server.address.port,
    countConnections: () => server.connections.size,
    close: (timeoutMs) => server.close({ timeoutMs }),
  };
};

async function onNodeHttp({ options, handler, thinkMs, fetch }: Setup): Promise<Running> {
  const { mount } = await import("../../../src/runtime/node/mod.ts");
  const websockets = mount(options, handler);
  const server = createHttp(async (request, response) => {
    const answer = await fetch(new Request(`http://host${request.url}`)).catch(() => null);
    response.writeHead(answer?.status ?? 500).end();
  });
  server.on("upgrade", async (request, socket, head) => {
    if (thinkMs > 0) {
      socket.on("error", () => {}); // as an application must, and ours does from then on
      await sleep(thinkMs);
    }
    websockets.upgrade(request, socket, head);
  });
  return await listening(server, {
    countConnections: () => websockets.connections.size,
    close: (timeoutMs) => websockets.close({ timeoutMs }),
  });
}

async function onDuplex({ options, handler, thinkMs }: Setup): Promise<Running> {
  const { mount } = await import("../../../src/runtime/web/mod.ts");
  const websockets = mount(options, handler);
  const server = createTcp({ allowHalfOpen: true }, async (socket) => {
    const duplex = toDuplex(socket);
    if (thinkMs > 0) await sleep(thinkMs);
    websockets.accept(duplex);
  });
  return await listening(server, {
    countConnections: () => websockets.connections.size,
    close: (timeoutMs) => websockets.close({ timeoutMs }),
  });
}

async function listening(
  server: Server | ReturnType<typeof createTcp>,
  rest: Omit<Running, "port">,
): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { ...rest, port: (server.address() as AddressInfo).port };
}

interface BunServer {
  readonly port: number;
}
declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    fetch(request: Request, server: BunServer): Promise<Response | undefined>;
    websocket: object;
  }): BunServer;
};

async function onBunServe({ options, handler, thinkMs, fetch }: Setup): Promise<Running> {
  const { mount } = await import("../../../src/runtime/bun/mod.ts");
  const websockets = mount(options, handler);
  const { port } = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      if (!request.headers.has("upgrade")) return await fetch(request);
      if (thinkMs > 0) await sleep(thinkMs);
      return await websockets.upgrade(request, server as never);
    },
    websocket: websockets.websocket,
  });
  return {
    port,
    countConnections: () => websockets.connections.size,
    close: (timeoutMs) => websockets.close({ timeoutMs }),
  };
}

async function onDenoServe({ options, handler, thinkMs, fetch }: Setup): Promise<Running> {
  const { mount } = await import("../../../src/runtime/deno/mod.ts");
  const websockets = mount(options, handler);
  const { promise, resolve } = Promise.withResolvers<number>();
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => resolve(port),
  }, async (request, info) => {
    if (!request.headers.has("upgrade")) return await fetch(request);
    if (thinkMs > 0) await sleep(thinkMs);
    return await websockets.upgrade(request, info);
  });
  return {
    port: await promise,
    countConnections: () => websockets.connections.size,
    close: (timeoutMs) => websockets.close({ timeoutMs }),
  };
}

/** All of them, by name. */
export const ADAPTERS: Record<string, Start> = {
  tcp: own(() => ({})),
  tls: own(() => ({ tls: { cert, key } })),
  http: own(({ fetch }) => ({ fetch })),
  node: onNodeHttp,
  duplex: onDuplex,
  native: (setup) => ("Bun" in globalThis ? onBunServe : onDenoServe)(setup),
};
