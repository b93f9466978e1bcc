/**
 * Reading one message as a stream.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { MessageStream, WebSocketConnection } from "../../src/handler.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { idle, itEnds, itSplit, itSplitAnywhere, rejectsWith } from "../helpers/connections.ts";
import { concat, filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

async function nextStream(connection: WebSocketConnection): Promise<MessageStream> {
  return await connection.readStream() ?? assert.fail("no message");
}

async function collect({ readable }: MessageStream): Promise<(string | Uint8Array)[]> {
  const parts: (string | Uint8Array)[] = [];
  const reader: ReadableStreamDefaultReader<string | Uint8Array> = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
  }
  return parts;
}

function joined(parts: (string | Uint8Array)[]): Uint8Array {
  return concat(parts.map((part) => typeof part === "string" ? assert.fail("text") : part));
}

describe("readStream", () => {
  itSplitAnywhere("gives a message of any number of frames", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send("0 000 0001 m 0000010 xe282 | 1 000 1001 m 0000000 | 1 000 0000 m 0000010 xac21");
    peer.send("1 000 0010 m 1111110 +0100 *256 | 1 000 0001 m 0000000");
    const text = await nextStream(connection);
    assert.equal(text.type, "text");
    assert.equal((await collect(text)).join(""), "€!");
    const binary = await nextStream(connection);
    assert.equal(binary.type, "binary");
    assert.deepEqual(joined(await collect(binary)), filler(256));
    assert.deepEqual(await collect(await nextStream(connection)), []);
    assert.deepEqual(await peer.frames(), ["pong"]);
  });

  itEnds("begins with the first bytes, long before the last", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.write(Uint8Array.of(0x82, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 1, 2, 3)); // 65,535 bytes to come
    const { readable } = await nextStream(connection);
    const reader: ReadableStreamDefaultReader<string | Uint8Array> = readable.getReader();
    assert.deepEqual((await reader.read()).value, Uint8Array.of(1, 2, 3));
    peer.write(filler(65_532));
    let length = 3;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
    }
    assert.equal(length, 65_535);
  });

  itSplit(
    "readStream is not bound by the limit of whole messages, which read() is",
    async (split) => {
      const server = { maxMessageBytes: 1_000 };
      const { peer, connection } = await openToServer(idle(), { split, server });
      peer.send("0 000 0010 m 1111110 +0bb8 *3000 | 1 000 0000 m 0000001 *1");
      assert.equal(joined(await collect(await nextStream(connection))).length, 3_001);
      peer.send("1 000 0010 m 1111110 +03e8 *1000");
      assert.deepEqual(await connection.read(), filler(1_000));
      peer.send("1 000 0010 m 1111110 +03e9 *1001");
      assert.equal(await connection.read(), null);
      const { code, initiator } = await connection.closed;
      assert.deepEqual([code, initiator], [1009, "local"]);
      assert.match((await peer.frames()).join(), /^close 1009/);
    },
  );

  itSplit("readStream also streams what came whole while nobody read", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('1 000 0001 m 0000010 "hi" | 1 000 0010 m 0000001 *1');
    await settle();
    assert.equal((await collect(await nextStream(connection))).join(""), "hi");
    assert.deepEqual(joined(await collect(await nextStream(connection))), filler(1));
  });

  itSplitAnywhere("cancelled drops the rest, and the next message arrives", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('0 000 0001 m 0000011 "Hel"');
    const { readable } = await nextStream(connection);
    const cancelled = readable.cancel();
    peer.send('0 000 0000 m 0000011 "..." | 1 000 0000 m 0000010 "lo" | 1 000 0001 m 0000010 "hi"');
    await cancelled;
    assert.equal(await connection.read(), "hi");
  });

  itEnds("cancelled when all of it came drops nothing else", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel" | 1 000 0000 m 0000010 "lo" | 1 000 0001 m 0000010 "hi"');
    const { readable } = await nextStream(connection);
    await settle();
    await readable.cancel();
    assert.equal(await connection.read(), "hi");
  });

  itEnds("cancelled when the next message is on its way does not drop that", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel" | 1 000 0000 m 0000010 "lo"');
    const { readable } = await nextStream(connection);
    await settle();
    const read = connection.read();
    peer.send('0 000 0001 m 0000001 "a"');
    await settle();
    await readable.cancel();
    peer.send('1 000 0000 m 0000001 "b"');
    assert.equal(await read, "ab");
  });

  itEnds("unfinished keeps other reads out, until cancelled", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel"');
    const { readable } = await nextStream(connection);
    await rejectsWith(connection.read(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readFragment(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readStream(), "ERR_READ_CONFLICT");
    await readable.cancel();
    peer.send('1 000 0000 m 0000010 "lo" | 1 000 0001 m 0000010 "hi"');
    assert.equal(await connection.read(), "hi");
  });

  itSplit("errors when the connection ends in the middle", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('0 000 0001 m 0000011 "Hel"');
    const stream = await nextStream(connection);
    peer.transport.end();
    await rejectsWith(collect(stream), "ERR_TRANSPORT");
    assert.equal(await connection.readStream(), null);
  });

  itEnds("errors when we close in the middle", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel"');
    const stream = await nextStream(connection);
    void connection.close();
    await assert.rejects(collect(stream));
    peer.send("1 000 0000 m 0000000 | 1 000 1000 m 0000010 x03e8");
    assert.equal((await connection.closed).code, 1000);
  });

  itSplit("holds the peer back while its reader is slow, and loses nothing", async (split) => {
    const { peer, connection, transport } = await openToServer(idle(), { split });
    const FRAMES = 10, BYTES = 16_384;
    for (let i = 0; i < FRAMES; i++) {
      const first = `${i === FRAMES - 1 ? 1 : 0} 000 00${i === 0 ? 1 : 0}0`;
      peer.send(`${first} m 1111110 +4000 *${BYTES}`);
    }
    peer.send('1 000 0001 m 0000001 "!"');
    const stream = await nextStream(connection);
    await settle();
    assert.equal(transport.isPaused, true);
    const parts = await collect(stream);
    assert.equal(joined(parts).length, FRAMES * BYTES);
    assert.deepEqual(joined(parts).subarray(-BYTES), filler(BYTES));
    assert.equal(await connection.read(), "!");
    assert.equal(transport.isPaused, false);
  });
});
