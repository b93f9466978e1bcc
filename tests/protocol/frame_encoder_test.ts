import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FrameEncoder, WHOLE } from "../../src/protocol/frame_encoder.ts";
import { frameHeaderBytes, writeFrameHeader } from "../../src/protocol/frame_header.ts";
import type { Output } from "../../src/protocol/output.ts";
import { Opcode } from "../../src/protocol/opcode.ts";
import type { TextAcceleration } from "../../src/protocol/utf8.ts";
import { writeUtf8 } from "../../src/runtime/node_builtins/buffer_text.ts";
import { bits, filler, KEY } from "../helpers/bits.ts";
import { toHex } from "../helpers/protocol_events.ts";

/** An output without a byte to spare: who writes beyond what was reserved loses it. */
class TightOutput implements Output {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  isCongested = false;

  reserve(size: number): number {
    const at = this.length, grown = new Uint8Array(at + size);
    grown.set(this.bytes.subarray(0, at));
    this.bytes = grown;
    this.length = grown.length;
    return at;
  }

  release(size: number): void {
    assert.ok(size <= this.length);
    this.length -= size;
  }

  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

const utf8 = new TextEncoder();

/** A frame as section 5.2 has it, made the slow way. */
function frame(firstByte: number, payload: Uint8Array, isMasked: boolean): Uint8Array {
  const size = frameHeaderBytes(payload.length, isMasked);
  const bytes = new Uint8Array(size + payload.length);
  writeFrameHeader(bytes, 0, firstByte, payload.length, isMasked ? 0x80 : 0);
  if (isMasked) bytes.set([KEY >>> 24, KEY >> 16, KEY >> 8, KEY], size - 4);
  const octet = (index: number) => isMasked ? bytes[size - 4 + index % 4]! : 0;
  payload.forEach((byte, index) => bytes[size + index] = byte ^ octet(index));
  return bytes;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function checkText(text: string): void {
  checkWritten(text, undefined);
  checkWritten(text, { writeUtf8 });
}

function checkWritten(text: string, textAcceleration: TextAcceleration | undefined): void {
  for (const isMasked of [false, true]) {
    const output = new TightOutput();
    const encoder = new FrameEncoder(output, isMasked ? () => KEY : null, textAcceleration);
    encoder.writeBytes(Opcode.Ping, WHOLE);
    const before = output.length;
    encoder.writeText(Opcode.Text, WHOLE, text);
    const written = output.take().subarray(before);
    const what = `${text.length} units like ${JSON.stringify(text.slice(-2))}, masked ${isMasked}`;
    assert.ok(isEqual(written, frame(0x81, utf8.encode(text), isMasked)), what);
  }
}

/** Characters of 1 to 4 bytes, and a surrogate alone, which becomes U+FFFD. */
const CHARACTERS = ["a", "\u00e9", "\u20ac", "\u{1f600}", "\ud83d"];

describe("§5.6 writing text", () => {
  for (const character of CHARACTERS) {
    const name = JSON.stringify(character), units = character.length;

    it(`§5.6 writing text of ${name}, 0 to 130 times, alone and after ASCII`, () => {
      for (let count = 0; count <= 130; count++) {
        checkText(character.repeat(count));
        checkText("b".repeat(count) + character);
        checkText(character + "b".repeat(count));
      }
    });

    it(`§5.6 writing text of ${name} around the sizes where the header or the way of encoding changes`, () => {
      const bytes = utf8.encode(character).length;
      for (const size of [125, 126, 65535, 65536].map((most) => most / bytes)) {
        for (const more of [-1, 0, 1, 2]) checkText(character.repeat(Math.floor(size) + more));
      }
      for (const length of [64, 0x4000, 21845, 32768, 65535]) {
        for (const more of [-1, 0, 1, 2]) {
          checkText(character.repeat(Math.floor(length / units) + more));
          checkText("b".repeat(length + more - units) + character);
        }
      }
    });
  }

  it("long texts with more and fewer bytes for each unit than the one before are written whole", () => {
    for (const character of ["a", "\u20ac", "a", "\u00e9", "\u{1f600}", "a", "\u20ac\u20acb"]) {
      checkText(character.repeat(20_000));
      checkText("a".repeat(40_000) + character.repeat(2_000));
    }
  });

  it("two surrogates in the wrong order become U+FFFD each", () => {
    checkText("\ude00\ud83d");
    checkText("a".repeat(100) + "\ude00\ud83d");
  });
});

describe("§5.2 writing bytes", () => {
  it("writeBytes copies the payload, and does not change the caller's", () => {
    for (const length of [0, 1, 125, 126, 127, 128, 65535, 65536, 70000]) {
      for (const isMasked of [false, true]) {
        const output = new TightOutput(), payload = filler(length);
        const encoder = new FrameEncoder(output, isMasked ? () => KEY : null);
        encoder.writeBytes(Opcode.Binary, WHOLE, payload);
        assert.ok(isEqual(payload, filler(length)));
        payload.fill(0);
        assert.ok(isEqual(output.take(), frame(0x82, filler(length), isMasked)), `${length}`);
      }
    }
  });

  it("FIN, RSV1 and the opcode are written as given", () => {
    const output = new TightOutput(), encoder = new FrameEncoder(output, null);
    encoder.writeText(Opcode.Text, { fin: false, rsv1: false }, "a");
    encoder.writeText(Opcode.Continuation, { fin: false, rsv1: false }, "\u00e9");
    encoder.writeBytes(Opcode.Binary, { fin: true, rsv1: true }, filler(1));
    encoder.writeBytes(Opcode.Close, WHOLE);
    const drawn = '0 000 0001 0 0000001 "a" | 0 000 0000 0 0000010 "\u00e9"' +
      "| 1 100 0010 0 0000001 *1 | 1 000 1000 0 0000000";
    assert.equal(toHex(output.take()), toHex(bits(drawn, "server")));
  });
});

describe("§5.3 masking keys", () => {
  it("each frame takes one masking key, all 32 bits of it", () => {
    const keys = [0x01020304, 0xfffefdfc, 0, 0x80000000, 0x7fffffff, 5];
    const left = keys.slice(), output = new TightOutput();
    const encoder = new FrameEncoder(output, () => left.shift()!);
    const texts = ["short", "\u20ac", "x".repeat(100), "\u00e9".repeat(100), "y".repeat(0x5000)];
    for (const [index, text] of texts.entries()) {
      encoder.writeText(Opcode.Text, WHOLE, text);
      const written = output.take(), size = frameHeaderBytes(utf8.encode(text).length, true);
      const key = keys[index]!.toString(16).padStart(8, "0");
      assert.equal(toHex(written.subarray(size - 4, size)), key);
      assert.equal(left.length, keys.length - 1 - index);
    }
    encoder.writeBytes(Opcode.Close, WHOLE);
    assert.equal(toHex(output.take()), "888000000005");
  });
});
