/** WebSockets on a server of somebody else's. @module */
import type { WebSocketHandler } from "../../../src/handler.ts";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { connect, WebSocketError } from "../../../mod.ts";
import { mount, type NodeMount } from "../../../src/runtime/node/mount.ts";
import { untyped } from "../../helpers/untyped.ts";
import { IDLE } from "../../helpers/idle_handler.ts";

describe("mount", () => {
  let server: Server;
  let mounts: Record<string, NodeMount>;
  let url: string;

  before(async () => {
    const echo = mount({}, { message: (connection, message) => connection.send(message) });
    const greeting = mount({}, { open: (connection) => connection.send("welcome") });
    mounts = { "/echo": echo, "/greeting": greeting };
    server = createServer();
    server.on("upgrade", (request, socket, rest) => {
      mounts[request.url ?? ""]?.upgrade(request, socket, rest);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => server.close());

  it("shares a server with another mount", async () => {
    const [echo, greeting] = [await connect(`${url}/echo`), await connect(`${url}/greeting`)];
    await echo.send("hello");
    assert.equal(await echo.readText(), "hello");
    assert.equal(await greeting.readText(), "welcome");
    assert.equal(mounts["/echo"]?.connections.size, 1);
    await Promise.all([echo.close(), greeting.close()]);
  });

  it("closes its own connections only, and then refuses with 503", async () => {
    const [echo, greeting] = [await connect(`${url}/echo`), await connect(`${url}/greeting`)];
    const mounted = mounts["/echo"]!;
    await Promise.all([mounted.close(), mounted.close(), mounted[Symbol.asyncDispose]()]);
    assert.equal((await echo.closed).code, 1001);
    assert.equal(mounted.connections.size, 0);
    await assert.rejects(
      connect(`${url}/echo`),
      (error) => error instanceof WebSocketError && error.status === 503,
    );
    assert.equal(greeting.readyState, WebSocket.OPEN);
    await greeting.close();
  });

  it("throws on a wrong handler, option or timeout", async () => {
    assert.throws(
      () => mount({}, untyped<WebSocketHandler>({ session() {}, message() {} })),
      TypeError,
    );
    assert.throws(() => mount({ maxMessageBytes: 0 }, IDLE), RangeError);
    await assert.rejects(mounts["/greeting"]!.close({ timeoutMs: -1 }), RangeError);
  });
});
