/** Topics on WebSockets of `Bun.serve`. @module */
import type { BunServe } from "../../examples/bun_serve/bun.ts";
import { mount } from "../../src/runtime/bun/mod.ts";
import { topicsOn } from "./on_adapters.ts";

declare const Bun: BunServe;

topicsOn({
  name: "Bun.serve",
  async start(handler) {
    const websockets = mount({}, handler);
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, bun) => websockets.upgrade(request, bun),
      websocket: websockets.websocket,
    });
    await null;
    return {
      url: `ws://127.0.0.1:${server.port}/`,
      async stop() {
        await websockets.close();
        await server.stop();
      },
    };
  },
});
