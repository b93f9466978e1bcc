/** Topics on WebSockets of `Deno.serve`. @module */
import { mount } from "../../src/runtime/deno/mod.ts";
import { topicsOn } from "./on_adapters.ts";

topicsOn({
  name: "Deno.serve",
  async start(handler) {
    const websockets = mount({}, handler);
    const { promise: port, resolve } = Promise.withResolvers<number>();
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: (address) => resolve(address.port),
    }, (request, info) => websockets.upgrade(request, info));
    return {
      url: `ws://127.0.0.1:${await port}/`,
      async stop() {
        await websockets.close();
        await server.shutdown();
      },
    };
  },
});
