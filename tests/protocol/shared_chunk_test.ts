/** Small messages that share the memory of the chunk they came in. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bits, filler } from "../helpers/bits.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

const TWO = "1 000 0010 m 0001000 *8 | 1 000 0010 m 0000010 *2";

describe("messages that share a chunk", () => {
  it("messages from minSharedBytes on are views of their chunk", () => {
    const endpoint = new Endpoint("server", { tuning: { minSharedBytes: 3 } });
    const chunk = bits(TWO, "client");
    endpoint.receive(chunk);
    const [first, second] = endpoint.given as Uint8Array[];
    assert.equal(first!.buffer, chunk.buffer);
    assert.notEqual(second!.buffer, chunk.buffer);
    assert.deepEqual(endpoint.given, [filler(8), filler(2)]);
  });

  it("hasSharedChunk is true after a chunk with such messages", () => {
    const endpoint = new Endpoint("server", { tuning: { minSharedBytes: 3 } });
    endpoint.receiveBits("1 000 0010 m 0000010 *2");
    assert.equal(endpoint.protocol.hasSharedChunk, false);
    endpoint.receiveBits(TWO);
    assert.equal(endpoint.protocol.hasSharedChunk, true);
    endpoint.receiveBits('1 000 0001 m 0000010 "ab"');
    assert.equal(endpoint.protocol.hasSharedChunk, false);
  });

  it("no message is a view of its chunk by default", () => {
    const endpoint = new Endpoint("server");
    endpoint.receiveBits(TWO);
    assert.equal(endpoint.protocol.hasSharedChunk, false);
    for (const data of endpoint.given as Uint8Array[]) {
      assert.equal(data.buffer.byteLength, data.length);
    }
  });

  it("transferring one message detaches those behind it, and decoding stops", () => {
    const endpoint = new Endpoint("server", { tuning: { minSharedBytes: 1 } });
    const chunk = bits(`${TWO} | 1 000 0010 m 0000001 *1`, "client");
    endpoint.react = () => {
      const { buffer } = endpoint.given.at(-1) as Uint8Array<ArrayBuffer>;
      if (endpoint.given.length === 2) structuredClone(buffer, { transfer: [buffer] });
    };
    const { length } = chunk;
    const at = endpoint.protocol.receive(chunk);
    assert.equal(endpoint.given.length, 2);
    assert.ok(at < length && chunk.length === 0, `at ${at} of ${chunk.length}`);
  });
});
