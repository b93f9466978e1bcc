/**
 * Connections over the platform's own `WebSocket`: what they keep, and what they refuse.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { serve } from "../../../mod.ts";
import type { WebSocketHandler } from "../../../src/handler.ts";
import { connect } from "../../../src/runtime/web/mod.ts";
import { idle, itEnds, rejectsNamed, rejectsWith } from "../../helpers/connections.ts";
import { fillPattern } from "../../helpers/byte_pattern.ts";
import { untyped } from "../../helpers/untyped.ts";
import { staysPending } from "../../helpers/waiting.ts";
import { echo, startDialing } from "./dialing.ts";

describe("connect of ./web", () => {
  const server = startDialing(), { dial } = server;

  itEnds("echoes text and binary, small and large, in order", async () => {
    const connection = await dial(echo);
    const large = new Uint8Array(900_000);
    fillPattern(large, 0, large.length, 0);
    const messages = ["", "hello", "żółć 🙂", new Uint8Array(0), new Uint8Array([1, 2, 3]), large];
    for (const message of messages) await connection.send(message);
    for (const message of messages) assert.deepEqual(await connection.read(), message);
    await connection.close();
  });

  itEnds("copies the bytes within send()", async () => {
    const connection = await dial(echo);
    const bytes = new Uint8Array(200_000).fill(1);
    for (let turn = 1; turn <= 5; turn++) {
      bytes.fill(turn);
      connection.send(bytes);
    }
    bytes.fill(0);
    for (let turn = 1; turn <= 5; turn++) {
      assert.deepEqual(await connection.readBinary(), new Uint8Array(200_000).fill(turn));
    }
    await connection.close();
  });

  itEnds("has its subprotocol, its request and its state", async () => {
    const connection = await dial({ ...echo, protocol: "b" }, { protocols: ["a", "b"] });
    assert.equal(connection.protocol, "b");
    assert.equal(connection.request.url, server.url.replace("ws", "http") + "/");
    assert.equal(connection.remoteAddress, null);
    assert.equal(connection.readyState, WebSocket.OPEN);
    await connection.close();
  });

  itEnds("makes senders wait for a peer that does not read", async () => {
    let release = () => {};
    const connection = await dial({
      async session(connection) {
        await new Promise<void>((resolve) => release = resolve);
        for await (const _ of connection) { /* reads on */ }
      },
    }, { maxBufferedBytes: 1 << 26 });
    const part = new Uint8Array(1 << 20);
    let waiting = connection.send(part);
    let sent = 1;
    for (; sent < 60 && !await staysPending(waiting, 300); sent++) waiting = connection.send(part);
    assert.ok(sent < 60, "never had to wait");
    assert.ok(connection.bufferedAmount > 0);
    release();
    await waiting;
    await connection.close();
  });

  itEnds("rejects with ERR_NOT_SUPPORTED what a native WebSocket cannot do", async () => {
    const connection = await dial(idle());
    const parts = new ReadableStream<string>({
      start(controller) {
        controller.enqueue("part");
        controller.close();
      },
    });
    const calls: (() => Promise<unknown>)[] = [
      () => connection.ping(),
      () => connection.pong("x"),
      () => connection.send("part", { final: false }),
      () => connection.send(parts),
      () => connection.readFragment(),
      () => connection.readStream(),
      () => connection.close(1001),
    ];
    for (const call of calls) await rejectsWith(call(), "ERR_NOT_SUPPORTED");
    assert.equal(connection.readyState, WebSocket.OPEN);
    if (connection.extensions === "") await connection.send("plain", { compress: false });
    await connection.close();
  });

  itEnds("rejects options about which a browser decides itself", async () => {
    for (
      const options of [
        { headers: { cookie: "a=b" } },
        { tls: {} },
        { path: "/tmp/x.sock" },
        { compression: true },
        { maxHeadBytes: 1000 },
        { maxHeaderFields: 10 },
        { pingIntervalMs: 1000 },
        { pongTimeoutMs: 1000 },
      ]
    ) await rejectsWith(dial(idle(), options), "ERR_NOT_SUPPORTED");
  });

  itEnds("rejects with ERR_CONNECT when the connection fails", async () => {
    const error = await rejectsWith(
      dial(new Response("no", { status: 403 })),
      "ERR_CONNECT",
    );
    assert.ok(error.cause instanceof Error);
    await rejectsNamed(connect("ftp://127.0.0.1/"), "SyntaxError");
    await rejectsNamed(dial(idle(), { protocols: ["a", "a"] }), "SyntaxError");
    await assert.rejects(dial(idle(), { maxMessageBytes: 0 }), RangeError);
    await assert.rejects(
      dial(idle(), { handler: untyped({ session() {}, message() {} }) }),
      TypeError,
    );
  });

  itEnds("rejects when its signal is aborted, and after handshakeTimeoutMs", async () => {
    let answer = (_: WebSocketHandler) => {};
    const slow = await serve(
      { allowedOrigins: "any" },
      () => new Promise((resolve) => answer = resolve),
    );
    assert.ok(slow.address.transport === "tcp");
    const slowUrl = `ws://127.0.0.1:${slow.address.port}`;
    await rejectsNamed(connect(slowUrl, { signal: AbortSignal.timeout(20) }), "TimeoutError");
    await rejectsNamed(connect(slowUrl, { signal: AbortSignal.abort() }), "AbortError");
    await rejectsWith(connect(slowUrl, { handshakeTimeoutMs: 20 }), "ERR_HANDSHAKE_TIMEOUT");
    answer(idle());
    await slow.close({ timeoutMs: 0 });
  });
});
