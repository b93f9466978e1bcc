/**
 * `wrapWebSocket`: connections over a WebSocket of the platform that the caller has made.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { serve } from "../../../mod.ts";
import { wrapWebSocket } from "../../../src/runtime/web/mod.ts";
import { itEnds, rejectsWith } from "../../helpers/connections.ts";
import { echo } from "./dialing.ts";

describe("wrapWebSocket", () => {
  itEnds("accepts an open socket, and has the request of the options", async () => {
    const server = await serve({ allowedOrigins: "any" }, echo);
    assert.ok(server.address.transport === "tcp");
    const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const request = new Request("http://example.com/room");
    const connection = await wrapWebSocket(socket, { request });
    assert.equal(connection.request, request);
    await connection.send("hello");
    assert.equal(await connection.readText(), "hello");
    await connection.close();
    await server.close();
  });

  itEnds("closes a socket that does not open in time", async () => {
    const server = await serve({ allowedOrigins: "any" }, () => new Promise(() => {}));
    assert.ok(server.address.transport === "tcp");
    for (const isEarly of [true, false]) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
      const signal = isEarly ? AbortSignal.abort() : AbortSignal.timeout(20);
      await assert.rejects(wrapWebSocket(socket, { signal }), (error) => error === signal.reason);
      assert.ok(socket.readyState >= WebSocket.CLOSING);
    }
    await server.close({ timeoutMs: 0 });
  });

  itEnds("rejects a socket that is closed", async () => {
    const server = await serve({ allowedOrigins: "any" }, { session() {} });
    assert.ok(server.address.transport === "tcp");
    const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
    await new Promise((resolve) => socket.addEventListener("close", resolve));
    await rejectsWith(wrapWebSocket(socket), "ERR_CLOSED");
    await server.close();
  });
});
