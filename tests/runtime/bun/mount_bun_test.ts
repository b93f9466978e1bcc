/** The connection suite on a `Bun.serve` of somebody else's. @module */
import { connect } from "../../../mod.ts";
import { mount } from "../../../src/runtime/bun/mount.ts";
import type { BunHttpServer, BunWebSocketData } from "../../../src/runtime/bun/native_types.ts";
import { RawClient } from "../../helpers/raw_http.ts";
import type { Serve } from "../../contract/connection/host.ts";
import { connectionSuite } from "../../contract/connection_suite.ts";
import { testNativeMount } from "../../contract/native_mount.ts";

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunHttpServer<BunWebSocketData>): unknown;
    websocket: unknown;
  }): { readonly port: number; stop(now: boolean): Promise<void> };
};

const serve: Serve = async (options, handler) => {
  const { upgrade, websocket, connections, close } = mount(options, handler);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: upgrade,
    websocket,
  });
  const { port } = server;
  return await Promise.resolve({
    connections,
    connect: (path = "/", more) => connect(`ws://127.0.0.1:${port}${path}`, more),
    openRaw: () => new RawClient({ transport: "tcp", hostname: "127.0.0.1", port }),
    async close(closeOptions) {
      await close(closeOptions);
      await server.stop(closeOptions?.timeoutMs === 0);
    },
  });
};

connectionSuite("a mount on Bun.serve", serve, {
  frames: false, // Bun's own
  holdsBack: false, // Bun reads on whatever we do
  waitsForClose: false, // Bun calls its `close` handler inside of `ws.close()`
  answersHttp: false,
});

testNativeMount("limits of a mount on Bun.serve", serve);
