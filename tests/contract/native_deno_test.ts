/** The connection suite on a `Deno.serve` of somebody else's. @module */
import { connect } from "../../mod.ts";
import { mount } from "../../src/runtime/deno_native.ts";
import { RawClient } from "../helpers/raw_http.ts";
import { connectionSuite } from "./connection_suite.ts";

connectionSuite("a mount on Deno.serve", async (options, handler) => {
  const mounted = mount(options, handler);
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, (request, info) => mounted.upgrade(request, info));
  const { hostname, port } = server.addr;
  return await Promise.resolve({
    connections: mounted.connections,
    connect: (path = "/", more) => connect(`ws://${hostname}:${port}${path}`, more),
    openRaw: () => new RawClient({ transport: "tcp", hostname, port }),
    async close(closeOptions) {
      await mounted.close(closeOptions);
      await server.shutdown();
    },
  });
}, {
  frames: false, // Deno's own
  pings: false,
  holdsBack: false, // a WHATWG WebSocket cannot be paused
  drops: false, // a WHATWG WebSocket has no way to
  answersHttp: false,
});
