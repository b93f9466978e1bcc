/**
 * Messages, pings and pongs of connections of the face `./ws`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { describe, it } from "node:test";
import type { BinaryType, BufferLike } from "../../src/ws/mod.ts";
import { nextClose, nextMessage, withServer } from "./helpers.ts";

describe("messages of ws", () => {
  it("come as Buffer and whether they are binary", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      socket.send("héllo");
      assert.deepEqual(await once(client, "message"), [Buffer.from("héllo"), false]);
      socket.send(Uint8Array.of(1, 2, 3));
      assert.deepEqual(await once(client, "message"), [Buffer.of(1, 2, 3), true]);
    });
  });

  it("messages of ws that are binary come as binaryType says", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      assert.equal(client.binaryType, "nodebuffer");
      client.binaryType = "arraybuffer";
      socket.send(Uint8Array.of(1, 2));
      assert.deepEqual(await nextMessage(client), Uint8Array.of(1, 2).buffer);
      client.binaryType = "fragments";
      socket.send(Uint8Array.of(3));
      assert.deepEqual(await nextMessage(client), [Buffer.of(3)]);
      client.binaryType = "other" as BinaryType;
      assert.equal(client.binaryType, "fragments");
    });
  });

  it("are sent by type, or as binary says", async () => {
    const sent: [data: BufferLike, received: string | Buffer][] = [
      ["text", "text"],
      [12.5, "12.5"],
      [Buffer.from("buffer"), Buffer.from("buffer")],
      [new Float32Array([1]), Buffer.of(0, 0, 0x80, 0x3f)],
      [new DataView(Uint8Array.of(7, 8, 9).buffer, 1, 1), Buffer.of(8)],
      [Uint8Array.of(1).buffer, Buffer.of(1)],
      [[1, 255], Buffer.of(1, 255)],
      [[Buffer.of(1), Buffer.of(2, 3)], Buffer.of(1, 2, 3)],
      [[], Buffer.of()],
    ];
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      for (const [data, received] of sent) {
        client.send(data);
        assert.deepEqual(await nextMessage(socket), received);
      }
      client.send("text", { binary: true });
      assert.deepEqual(await nextMessage(socket), Buffer.from("text"));
      client.send(Buffer.from("bytes"), { binary: false });
      assert.equal(await nextMessage(socket), "bytes");
      const told: string[] = [];
      socket.on("message", (data, isBinary) => told.push(`${isBinary} ${data}`));
      client.send(new Blob(["a", "b"]));
      client.send("behind it");
      while (told.length < 2) await once(socket, "message");
      assert.deepEqual(told, ["true ab", "false behind it"]);
      const asText = () => client.send(new Blob([]), { binary: false });
      assert.throws(asText, { code: "ERR_NOT_SUPPORTED" });
      assert.throws(() => client.ping(new Blob([])), TypeError);
    });
  });

  it("messages of ws may be sent as fragments", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      for (const part of ["a", "b"]) client.send(part, { fin: false });
      client.ping("between");
      client.send("c", { fin: true });
      assert.equal(await nextMessage(socket), "abc");
    });
  });

  it("tell a callback when they are sent, and why they are not", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      assert.equal(await new Promise((resolve) => client.send("a", resolve)), undefined);
      assert.equal(await new Promise((resolve) => client.send("b", {}, resolve)), undefined);
      client.close();
      await nextClose(socket);
      const error = await new Promise<Error | undefined>((resolve) => client.send("c", resolve));
      assert.match(error?.message ?? "", /not open: readyState [23]/);
    });
  });

  it("are compressed when that was agreed on, unless compress is false", async () => {
    await withServer({ perMessageDeflate: { threshold: 0 } }, async ({ open }) => {
      const { client, socket } = await open();
      assert.deepEqual([client.extensions, socket.extensions], Array(2).fill("permessage-deflate"));
      socket.send("a".repeat(5_000));
      assert.equal(await nextMessage(client), "a".repeat(5_000));
      socket.send("b", { compress: false });
      assert.equal(await nextMessage(client), "b");
    });
    await withServer({}, async ({ open }) => {
      assert.equal((await open()).client.extensions, "");
    });
  });

  it("have the mask of the role and no other", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      client.send("a", { mask: true });
      assert.equal(await nextMessage(socket), "a");
      assert.throws(() => client.send("a", { mask: false }), { code: "ERR_NOT_SUPPORTED" });
      assert.throws(() => socket.ping("a", true), { code: "ERR_NOT_SUPPORTED" });
    });
  });
});

describe("ping and pong of ws", () => {
  it("are events with their payload, and have callbacks", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const pinged = once(socket, "ping"), answered = once(client, "pong");
      const sent = new Promise((resolve) => client.ping("12", resolve));
      assert.deepEqual(await pinged, [Buffer.from("12")]);
      assert.deepEqual(await answered, [Buffer.from("12")]);
      assert.equal(await sent, undefined);
      const unasked = once(client, "pong");
      await new Promise<void>((resolve) => socket.pong("34", undefined, () => resolve()));
      assert.deepEqual(await unasked, [Buffer.from("34")]);
      const empty = once(client, "ping");
      socket.ping();
      assert.deepEqual(await empty, [Buffer.of()]);
      assert.throws(() => client.ping("x".repeat(126)), RangeError);
    });
  });
});
