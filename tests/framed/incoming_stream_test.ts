/**
 * A message as a stream whose reader is behind: what is small is put together.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import { IncomingStream } from "../../src/framed/incoming_stream.ts";

function open(type: "text" | "binary") {
  const stream = new IncomingStream({
    pause() {},
    resume() {},
    discardMessage() {},
  });
  const { readable } = stream.toMessageStream(type);
  return { stream, reader: (readable as ReadableStream<Message>).getReader() };
}

async function readAll(reader: ReadableStreamDefaultReader<Message>): Promise<Message[]> {
  const chunks: Message[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}

describe("IncomingStream", () => {
  it("gives what comes to a reader that waits at once", async () => {
    const { stream, reader } = open("text");
    const read = reader.read();
    stream.push("a", false);
    assert.deepEqual(await read, { done: false, value: "a" });
    const next = reader.read();
    stream.push("b", true);
    assert.deepEqual(await next, { done: false, value: "b" });
    assert.equal((await reader.read()).done, true);
  });

  for (const type of ["text", "binary"] as const) {
    const part = (i: number): Message => type === "text" ? "ä" : Uint8Array.of(i & 0xff);

    it(`puts ${type} of one byte together while its reader is behind, in order`, async () => {
      const { stream, reader } = open(type);
      for (let i = 0; i < 10_000; i++) stream.push(part(i), false);
      assert.equal(stream.queuedBytes, 10_000);
      stream.push(type === "text" ? "" : new Uint8Array(0), true);
      const chunks = await readAll(reader);
      assert.ok(chunks.length < 30, `${chunks.length} chunks`);
      if (type === "text") assert.equal(chunks.join(""), "ä".repeat(10_000));
      else {
        const bytes = chunks.flatMap((chunk) => [...chunk as Uint8Array]);
        assert.deepEqual(bytes, Array.from({ length: 10_000 }, (_, i) => i & 0xff));
      }
    });

    it(`gives ${type} that was put together when it is asked for`, async () => {
      const { stream, reader } = open(type);
      for (let i = 0; i < 3; i++) stream.push(part(i), false);
      assert.equal((await reader.read()).value?.length, 1);
      assert.equal((await reader.read()).value?.length, 2);
      stream.push(part(3), true);
      assert.equal((await reader.read()).value?.length, 1);
    });
  }

  it("holds the peer back at 64 KiB, put together or not", () => {
    const { stream } = open("binary");
    let count = 0;
    while (stream.push(Uint8Array.of(1), false)) count++;
    assert.equal(count, 65_535);
    assert.equal(stream.push(new Uint8Array(10), false), false);
  });

  it("keeps large chunks as they are, behind what was put together", async () => {
    const { stream, reader } = open("binary");
    const large = new Uint8Array(10_000);
    for (const chunk of [Uint8Array.of(1), Uint8Array.of(2), large, Uint8Array.of(3)]) {
      stream.push(chunk, false);
    }
    stream.push(Uint8Array.of(4), true);
    const chunks = await readAll(reader);
    assert.deepEqual(chunks.map(({ length }) => length), [1, 1, 10_000, 2]);
    assert.equal(chunks[2], large);
  });
});
