import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  FrameHeader,
  frameHeaderBytes,
  MAX_HEADER_BYTES,
  readFrameHeader,
  writeFrameHeader,
} from "../../src/protocol/frame_header.ts";
import { bits, KEY } from "../helpers/bits.ts";
import { toHex } from "../helpers/protocol_events.ts";

const LENGTHS = [0, 1, 125, 126, 127, 255, 256, 65535, 65536, 65537, 2 ** 31, 2 ** 32 - 1]
  .concat([2 ** 32, 2 ** 32 + 1, 2 ** 40 + 12345, 2 ** 53 - 1]);

function readAt(bytes: Uint8Array, offset: number): { header: FrameHeader; payload: number } {
  const shifted = new Uint8Array(offset + bytes.length).fill(0xff);
  shifted.set(bytes, offset);
  const header = new FrameHeader();
  return { header, payload: readFrameHeader(shifted, offset, shifted.length, header) - offset };
}

describe("§5.2 reading a frame header", () => {
  it("all bits of the first byte are read", () => {
    for (let first = 0; first < 256; first++) {
      const { header } = readAt(Uint8Array.of(first, 0), 0);
      const drawn = first.toString(2).padStart(8, "0");
      assert.equal(header.fin, drawn[0] === "1");
      assert.equal(header.rsv, parseInt(drawn.slice(1, 4), 2));
      assert.equal(header.opcode, parseInt(drawn.slice(4), 2));
    }
  });

  it("each form of length is read, masked or not", () => {
    for (const length of LENGTHS) {
      for (const isMasked of [false, true]) {
        const bytes = new Uint8Array(MAX_HEADER_BYTES);
        const size = frameHeaderBytes(length, isMasked);
        const at = writeFrameHeader(bytes, 0, 0x82, length, isMasked ? 0x80 : 0);
        if (isMasked) bytes.set([0x37, 0xfa, 0x21, 0x3d], at);
        for (const offset of [0, 1, 5]) {
          const { header, payload } = readAt(bytes.subarray(0, size), offset);
          assert.equal(payload, size);
          assert.equal(header.payloadLength, length);
          assert.equal(header.masked, isMasked);
          assert.equal(header.maskingKey, isMasked ? KEY : 0);
          assert.equal(header.lengthBytes, length < 126 ? 0 : length < 65536 ? 2 : 8);
        }
      }
    }
  });

  it("a header is incomplete before its last byte", () => {
    for (const drawing of ["m 0000101", "m 1111110 +0100", "m 1111111 +0000000000010000"]) {
      for (const from of ["client", "server"] as const) {
        const bytes = bits(`1 000 0010 ${drawing}`, from);
        for (let end = 0; end < bytes.length; end++) {
          assert.equal(readFrameHeader(bytes, 0, end, new FrameHeader()), -1);
        }
        assert.equal(readFrameHeader(bytes, 0, bytes.length, new FrameHeader()), bytes.length);
      }
    }
  });

  it("lengths above 2^53 - 1 differ from those that a number holds exactly", () => {
    const lengthOf = (hex: string) =>
      readAt(bits(`1 000 0010 0 1111111 +${hex}`, "server"), 0).header.payloadLength;
    assert.equal(lengthOf("8000000000000000"), Infinity);
    assert.equal(lengthOf("ffffffffffffffff"), Infinity);
    assert.equal(lengthOf("001fffffffffffff"), Number.MAX_SAFE_INTEGER);
    for (const hex of ["0020000000000000", "0020000000000001", "7fffffffffffffff"]) {
      assert.ok(lengthOf(hex) > Number.MAX_SAFE_INTEGER, hex);
      assert.ok(lengthOf(hex) < Infinity, hex);
    }
  });

  it("a reused header keeps nothing of the header before", () => {
    const header = new FrameHeader();
    const long = bits("0 111 1111 m 1111111 +0000000000010000", "client");
    readFrameHeader(long, 0, long.length, header);
    readFrameHeader(Uint8Array.of(0x80, 0x00), 0, 2, header);
    const fresh = new FrameHeader();
    fresh.fin = true;
    assert.deepEqual(header, fresh);
  });
});

describe("§5.2 writing a frame header", () => {
  it("the shortest form of length is written, and no byte beside it", () => {
    const rows: [length: number, hex: string][] = [
      [0, "00"],
      [125, "7d"],
      [126, "7e007e"],
      [65535, "7effff"],
      [65536, "7f0000000000010000"],
      [2 ** 32 + 258, "7f0000000100000102"],
      [2 ** 53 - 1, "7f001fffffffffffff"],
    ];
    for (const [length, hex] of rows) {
      const bytes = new Uint8Array(20).fill(0xee);
      const end = writeFrameHeader(bytes, 3, 0x82, length, 0);
      assert.equal(toHex(bytes), `eeeeee82${hex}`.padEnd(40, "e"));
      assert.equal(end, 4 + hex.length / 2);
      assert.equal(frameHeaderBytes(length, false), end - 3);
      assert.equal(frameHeaderBytes(length, true), end - 3 + 4);
    }
  });

  it("the mask bit is set beside each form of length", () => {
    for (const length of [0, 125, 126, 65536]) {
      const plain = new Uint8Array(10), masked = new Uint8Array(10);
      writeFrameHeader(plain, 0, 0x81, length, 0);
      writeFrameHeader(masked, 0, 0x81, length, 0x80);
      plain[1]! |= 0x80;
      assert.deepEqual(masked, plain);
    }
  });
});
