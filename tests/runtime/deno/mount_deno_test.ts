/** The connection suite on a `Deno.serve` of somebody else's. @module */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { connect } from "../../../mod.ts";
import { mount } from "../../../src/runtime/deno/mount.ts";
import { itEnds } from "../../helpers/connections.ts";
import { RawClient } from "../../helpers/raw_http.ts";
import type { Serve } from "../../contract/connection/host.ts";
import { connectionSuite } from "../../contract/connection_suite.ts";
import { testNativeMount } from "../../contract/native_mount.ts";

const serve: Serve = async (options, handler) => {
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
      // It would wait for ever for a WebSocket whose client left before Deno had opened it.
      const down = server.shutdown();
      if (closeOptions?.timeoutMs !== 0) await down;
      else server.unref();
    },
  });
};

connectionSuite("a mount on Deno.serve", serve, {
  frames: false, // Deno's own
  pings: false,
  holdsBack: false, // a WHATWG WebSocket cannot be paused
  drops: false, // a WHATWG WebSocket has no way to
  answersHttp: false,
});

describe("a mount on Deno.serve that is closed", () => {
  itEnds("closes a WebSocket that opens after that with 1001", async () => {
    const mounted = mount({}, { open: () => assert.fail("opened") });
    const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
    const server = Deno.serve(listening, async (request, info) => {
      const response = await mounted.upgrade(request, info);
      await mounted.close();
      return response;
    });
    const client = await connect(`ws://127.0.0.1:${server.addr.port}/`);
    assert.equal((await client.closed).code, 1001);
    await server.shutdown();
  });
});

testNativeMount("limits of a mount on Deno.serve", serve);
