import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FrameDecoder, type FrameSink, type Step } from "../../src/protocol/frame_decoder.ts";
import type { FrameHeader } from "../../src/protocol/frame_header.ts";
import { bits, concat, filler } from "../helpers/bits.ts";
import { cut, everyChunking } from "../helpers/chunk_splitter.ts";
import { toHex } from "../helpers/protocol_events.ts";

/** Writes frames down; answers with the next of `steps` and of `goesOn`. */
class FrameLog implements FrameSink {
  readonly log: string[] = [];
  readonly available: number[] = [];
  steps: Step[] = [];
  goesOn: boolean[] = [];
  #payload: Uint8Array[] = [];

  beginFrame(header: FrameHeader, available: number): Step {
    const step = this.steps.shift() ?? "go";
    this.available.push(available);
    const { fin, rsv, opcode, masked, payloadLength } = header;
    this.log.push(`${step} ${Number(fin)} ${rsv} ${opcode} ${masked} ${payloadLength}`);
    return step;
  }

  onPayload(chunk: Uint8Array, start: number, end: number, last: boolean): boolean {
    this.#payload.push(chunk.slice(start, end));
    if (last) this.log.push(toHex(concat(this.#payload.splice(0))));
    return this.goesOn.shift() ?? true;
  }
}

const FRAMES = '0 011 0001 m 0000011 "Hel" | 1 000 1001 m 0000000 | 1 000 0000 m 0000010 "lo"' +
  "| 1 101 1111 m 1111110 +007e *126 | 1 000 0010 m 1111111 +0000000000000001 x00";

describe("§5.2 FrameDecoder", () => {
  for (const from of ["client", "server"] as const) {
    const isMasked = from === "client";
    const expected = [
      `go 0 3 1 ${isMasked} 3`,
      "48656c",
      `go 1 0 9 ${isMasked} 0`,
      "",
      `go 1 0 0 ${isMasked} 2`,
      "6c6f",
      `go 1 5 15 ${isMasked} 126`,
      toHex(filler(126)),
      `go 1 0 2 ${isMasked} 1`,
      "00",
    ];

    it(`cuts what a ${from} sends into frames, however it is chunked`, () => {
      for (const { name, chunks } of everyChunking(bits(FRAMES, from))) {
        const sink = new FrameLog(), decoder = new FrameDecoder(sink);
        for (const chunk of chunks) assert.equal(decoder.decode(chunk, 0), chunk.length, name);
        assert.deepEqual(sink.log, expected, name);
      }
    });

    it(`begins anywhere in what a ${from} sent, and leaves the bytes before as they are`, () => {
      const stream = concat([filler(11), bits(FRAMES, from)]);
      const sink = new FrameLog(), decoder = new FrameDecoder(sink);
      assert.equal(decoder.decode(stream, 11), stream.length);
      assert.deepEqual(sink.log, expected);
      assert.deepEqual(stream.subarray(0, 11), filler(11));
    });
  }

  it("beginFrame is called when a header is complete, with the number of bytes behind it", () => {
    const stream = bits("1 000 0010 m 1111110 +0100 *256", "client");
    const sink = new FrameLog(), decoder = new FrameDecoder(sink);
    decoder.decode(stream.slice(0, 7), 0);
    assert.deepEqual(sink.log, []);
    decoder.decode(stream.slice(7, 8), 0);
    assert.deepEqual(sink.log, ["go 1 0 2 true 256"]);
    assert.deepEqual(sink.available, [0]);
    const other = new FrameLog();
    new FrameDecoder(other).decode(stream.slice(0, 20), 0);
    assert.deepEqual(other.available, [12]);
  });

  it("a sink that answers wait leaves the payload in the chunk, still masked", () => {
    const stream = bits('1 000 0001 m 0000011 "abc" | 1 000 1001 m 0000000', "client");
    for (let end = 6; end <= stream.length; end++) {
      const sink = new FrameLog(), decoder = new FrameDecoder(sink), chunk = stream.slice(0, end);
      sink.steps = ["wait", "wait"];
      assert.equal(decoder.decode(chunk, 0), 6);
      assert.equal(decoder.decode(chunk, 6), 6);
      assert.deepEqual(chunk, stream.slice(0, end));
      decoder.decode(concat([chunk.subarray(6), stream.subarray(end)]), 0);
      assert.deepEqual(sink.log, [
        "wait 1 0 1 true 3",
        "wait 1 0 1 true 3",
        "go 1 0 1 true 3",
        "616263",
        "go 1 0 9 true 0",
        "",
      ]);
    }
  });

  it("decode stops where the sink returns false", () => {
    const stream = bits('1 000 0001 m 0000011 "abc" | 1 000 0001 m 0000001 "d"', "client");
    for (let end = 7; end <= 9; end++) {
      const sink = new FrameLog(), decoder = new FrameDecoder(sink), chunk = stream.slice(0, end);
      sink.goesOn = [false];
      assert.equal(decoder.decode(chunk, 0), end);
      decoder.decode(stream.slice(end), 0);
      assert.deepEqual(sink.log, ["go 1 0 1 true 3", "616263", "go 1 0 1 true 1", "64"]);
    }
    const sink = new FrameLog(), decoder = new FrameDecoder(sink), chunk = stream.slice();
    sink.goesOn = [false];
    assert.equal(decoder.decode(chunk, 0), 9);
    assert.deepEqual(chunk.subarray(9), stream.subarray(9));
    assert.equal(decoder.decode(chunk, 9), stream.length);
    assert.deepEqual(sink.log, ["go 1 0 1 true 3", "616263", "go 1 0 1 true 1", "64"]);
  });

  it("decode stops at a header for which the sink answers stop", () => {
    const sink = new FrameLog(), decoder = new FrameDecoder(sink);
    sink.steps = ["stop"];
    assert.equal(decoder.decode(bits("1 111 0011 m 0000010 x0102", "server"), 0), 2);
  });

  it("decode stops when the sink has transferred the chunk's buffer", () => {
    const chunk = new Uint8Array(
      bits("1 000 0010 0 0000001 xff | 1 000 0010 0 0000001 xff", "server"),
    );
    let calls = 0;
    const decoder = new FrameDecoder({
      beginFrame: () => "go",
      onPayload() {
        calls++;
        structuredClone(chunk, { transfer: [chunk.buffer] });
        return true;
      },
    });
    assert.equal(decoder.decode(chunk, 0), 3);
    assert.deepEqual([calls, decoder.isIdle], [1, true]);
  });

  it("an empty chunk changes nothing", () => {
    const sink = new FrameLog(), decoder = new FrameDecoder(sink);
    for (const chunk of cut(bits('1 000 0001 m 0000010 "ab"', "client"), 1)) {
      decoder.decode(chunk, 0);
      assert.equal(decoder.decode(new Uint8Array(0), 0), 0);
    }
    assert.deepEqual(sink.log, ["go 1 0 1 true 2", "6162"]);
  });

  it("missingBytes counts the payload of a frame in progress, and is 0 between two frames", () => {
    const decoder = new FrameDecoder(new FrameLog());
    const missing = cut(bits('1 000 0001 m 0000010 "ab"', "client"), 1).map((chunk) => {
      decoder.decode(chunk, 0);
      return decoder.missingBytes;
    });
    assert.deepEqual(missing, [0, 0, 0, 0, 0, 2, 1, 0]);
  });

  it("payload is passed on at once, also of a frame larger than memory", () => {
    const sink = new FrameLog(), decoder = new FrameDecoder(sink);
    decoder.decode(bits("1 000 0010 m 1111111 +001fffffffffffff", "client"), 0);
    const chunk = filler(1000);
    assert.equal(decoder.decode(chunk, 0), chunk.length);
    assert.deepEqual(sink.log, ["go 1 0 2 true 9007199254740991"]);
  });

  it("64 KiB that arrive byte by byte are unmasked", () => {
    const sink = new FrameLog(), decoder = new FrameDecoder(sink);
    const stream = bits("1 000 0010 m 1111111 +0000000000010000 *65536", "client");
    for (const chunk of cut(stream, 1)) decoder.decode(chunk, 0);
    assert.deepEqual(sink.log, ["go 1 0 2 true 65536", toHex(filler(65536))]);
  });
});
