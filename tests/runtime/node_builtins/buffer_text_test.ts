/** Texts checked, decoded and encoded by the runtime's own hands. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CollectingOutput } from "../../../src/protocol/output.ts";
import { Protocol } from "../../../src/protocol/protocol.ts";
import { decodeAscii, isUtf8, writeUtf8 } from "../../../src/runtime/node_builtins/buffer_text.ts";
import { quietProtocolSink } from "../../helpers/quiet_sink.ts";

const TEXTS = ["", "plain", "ä", "x".repeat(127), "y".repeat(126) + "ß", "\u{1F600} and \uFEFF"];

describe("decodeAscii", () => {
  it("exists on every runtime, and decodes every ASCII character", () => {
    assert.ok(decodeAscii !== undefined);
    const bytes = Uint8Array.from({ length: 130 }, (_, index) => (index - 1) & 0x7f);
    const expected = String.fromCharCode(...bytes.subarray(1, 129));
    assert.equal(decodeAscii(bytes, 1, 129), expected);
    assert.equal(decodeAscii(bytes.subarray(1), 0, 128), expected);
    assert.equal(decodeAscii(bytes, 5, 5), "");
  });
});

describe("writeUtf8", () => {
  it("exists on every runtime, and writes the same bytes as TextEncoder", () => {
    assert.ok(writeUtf8 !== undefined);
    const broken = [
      "\ud800",
      "a\udc00b",
      "\ud83d\ud83d\ude00",
      "\ude00\ud83d",
      "x".repeat(99) + "\ud800",
    ];
    const pieces = Array.from({ length: 60 }, (_, i) => String.fromCodePoint(i * 37, i * 1_117));
    for (const text of [...TEXTS, ...broken, ...pieces, pieces.join("")]) {
      const expected = new TextEncoder().encode(text), bytes = new Uint8Array(text.length * 3 + 7);
      assert.equal(writeUtf8(text, bytes, 5), expected.length, JSON.stringify(text));
      assert.deepEqual(bytes.subarray(5, 5 + expected.length), expected, JSON.stringify(text));
      assert.ok(
        [...bytes.subarray(0, 5), ...bytes.subarray(5 + expected.length)].every((b) => b === 0),
      );
    }
  });
});

describe("isUtf8", () => {
  it("exists on every runtime, and tells UTF-8 from other bytes", () => {
    assert.ok(isUtf8 !== undefined);
    for (const text of TEXTS) assert.ok(isUtf8(new TextEncoder().encode(text)), text);
    for (const bytes of [[0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      assert.ok(!isUtf8(Uint8Array.from(bytes)), `${bytes}`);
      const embedded = Uint8Array.from([...new Array(300).fill(0x61), ...bytes, 0x61]);
      assert.ok(!isUtf8(embedded.subarray(1)), `${bytes} after ASCII`);
    }
  });
});

describe("a protocol's way with short texts", () => {
  it("calls decodeAscii for ASCII only, and writeUtf8 for all texts", () => {
    const decoded: number[] = [], written: string[] = [], output = new CollectingOutput();
    const protocol = new Protocol({
      role: "server",
      sink: quietProtocolSink,
      output,
      tuning: {
        textAcceleration: {
          decodeAscii(_bytes, start, end) {
            decoded.push(end - start);
            return "";
          },
          writeUtf8(text, bytes, at) {
            written.push(text);
            return new TextEncoder().encodeInto(text, bytes.subarray(at)).written;
          },
        },
      },
    });
    const sent = new CollectingOutput();
    const client = new Protocol({
      role: "client",
      sink: quietProtocolSink,
      output: sent,
      maskingKeys: () => 7,
    });
    for (const text of TEXTS) {
      client.sendMessage(text);
      protocol.receive(sent.take());
      protocol.sendMessage(text);
    }
    assert.deepEqual(decoded, [0, 5, 127]);
    assert.deepEqual(written, TEXTS);
  });
});
