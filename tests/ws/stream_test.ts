/**
 * `createWebSocketStream` as the documentation of `ws` has it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { describe, it } from "node:test";
import { createWebSocketStream, WebSocket } from "../../src/ws/mod.ts";
import { nextClose, withServer } from "./helpers.ts";

describe("createWebSocketStream", () => {
  it("reads and writes through both ends, from before the connection is open", async () => {
    await withServer({}, async ({ server, url }) => {
      server.on("connection", (socket) => {
        const echo = createWebSocketStream(socket);
        echo.pipe(echo);
      });
      const duplex = createWebSocketStream(new WebSocket(url), { encoding: "utf8" });
      duplex.write("hello ");
      duplex.write("stream");
      let text = "";
      for await (const part of duplex) {
        text += part;
        if (text === "hello stream") duplex.end();
      }
      assert.equal(text, "hello stream");
    });
  });

  it("ends when the peer closes, and closes when it ends", async () => {
    await withServer({}, async ({ open }) => {
      const first = await open();
      const read = createWebSocketStream(first.client);
      read.resume();
      first.socket.send("bytes");
      first.socket.close();
      await once(read, "end");
      const second = await open();
      const written = createWebSocketStream(second.client);
      written.resume();
      const ends = [nextClose(second.socket), once(written, "finish"), once(written, "close")];
      written.end("last words");
      const [message] = await once(second.socket, "message");
      assert.deepEqual(message, Buffer.from("last words"));
      await Promise.all(ends);
      assert.equal(written.destroyed, true);
    });
  });

  it("holds the peer back while it is not read, and loses nothing", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const duplex = createWebSocketStream(client, { readableHighWaterMark: 16 });
      for (let i = 0; i < 8; i++) socket.send(Buffer.alloc(16, i));
      await once(duplex, "readable");
      while (!client.isPaused) await new Promise((resolve) => setImmediate(resolve));
      const parts: number[] = [];
      duplex.on("data", (part: Buffer) => parts.push(...part));
      while (parts.length < 8 * 16) await once(duplex, "data");
      assert.deepEqual(parts, [...Array(8 * 16).keys()].map((at) => at >> 4));
      duplex.destroy();
      await once(duplex, "close");
    });
  });

  it("gives one value for each message in object mode, a text as a string", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const duplex = createWebSocketStream(client, { readableObjectMode: true });
      socket.send("text");
      socket.send(Buffer.of(1));
      const values: unknown[] = [];
      for await (const value of duplex) if (values.push(value) === 2) break;
      assert.deepEqual(values, ["text", Buffer.of(1)]);
    });
  });

  it("drops the connection when it is destroyed, and is destroyed with the error of a client", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const duplex = createWebSocketStream(client);
      const closed = nextClose(socket);
      duplex.destroy();
      assert.deepEqual(await closed, [1006, ""]);
    });
    const failed = createWebSocketStream(new WebSocket("ws://127.0.0.1:1"));
    const [error] = await once(failed, "error");
    assert.ok(error instanceof Error);
    assert.equal(failed.destroyed, true);
  });
});
