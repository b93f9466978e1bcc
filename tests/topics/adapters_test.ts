/** Topics on servers of our own and on `node:http`, on every runtime. @module */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { serve } from "../../mod.ts";
import { mount } from "../../src/runtime/node/mod.ts";
import { topicsOn } from "./on_adapters.ts";

for (
  const [name, options] of [["serve", {}], ["serve with fetch", {
    fetch: () => new Response(),
  }], [
    "serve with compression",
    { compression: true },
  ]] as const
) {
  topicsOn({
    name,
    async start(handler) {
      const server = await serve(options, handler);
      if (server.address.transport !== "tcp") assert.fail("not on TCP");
      return { url: `ws://127.0.0.1:${server.address.port}/`, stop: () => server.close() };
    },
  });
}

topicsOn({
  name: "node:http",
  async start(handler) {
    const websockets = mount({}, handler), server = createServer();
    server.on("upgrade", websockets.upgrade);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) assert.fail("no address");
    return {
      url: `ws://127.0.0.1:${address.port}/`,
      async stop() {
        await websockets.close();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
});
