/** permessage-deflate's codec on this runtime's zlib, RFC 7692 section 7.2. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import process from "node:process";
import { constants, deflateRawSync } from "node:zlib";
import type { CodecOptions } from "../../../../src/framed/compression.ts";
import type { MessageCodec } from "../../../../src/protocol/message_codec.ts";
import { Violations } from "../../../../src/protocol/violations.ts";
import { zlibEngine } from "../../../../src/runtime/node_builtins/zlib/codec.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();

/** Two codecs that agree: what `from` sends, `to` receives. */
function pairOf(takeover: boolean, windowBits = 12): { from: MessageCodec; to: MessageCodec } {
  const direction = { takeover, windowBits };
  const options: CodecOptions = {
    send: direction,
    receive: direction,
    level: 6,
    thresholdBytes: 0,
  };
  const canSend = { ...direction, takeover: takeover && zlibEngine.canReferBack };
  return {
    from: zlibEngine.makeCodec({ ...options, send: canSend }),
    to: zlibEngine.makeCodec(options),
  };
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
}

/** Compresses as a peer with a context of its own would. */
function deflateAs(payload: Uint8Array, finishFlush: number): Uint8Array {
  return new Uint8Array(deflateRawSync(payload, { finishFlush }));
}

function decoded(codec: MessageCodec, payload: Uint8Array, maxBytes = MIB): Uint8Array {
  const result = codec.decode(payload, maxBytes);
  assert.ok(result instanceof Uint8Array, JSON.stringify(result));
  return result;
}

function pseudoRandom(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
}

describe("RFC 7692 section 7.2.3, the examples", () => {
  const hello = encoder.encode("Hello");
  const rows: [name: string, payload: string][] = [
    ["7.2.3.1 one block", "f2 48 cd c9 c9 07 00"],
    ["7.2.3.3 no compression", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
    ["7.2.3.4 BFINAL", "f3 48 cd c9 c9 07 00 00"],
    ["7.2.3.5 two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
  ];
  for (const [name, payload] of rows) {
    it(name, () => assert.deepEqual(decoded(pairOf(false).to, hex(payload)), hello));
  }
  it("7.2.3.2 a second message that refers to the first", () => {
    const { to } = pairOf(true);
    assert.deepEqual(decoded(to, hex("f2 48 cd c9 c9 07 00")), hello);
    assert.deepEqual(decoded(to, hex("f2 00 11 00 00")), hello);
    assert.notDeepEqual(pairOf(false).to.decode(hex("f2 00 11 00 00"), MIB), hello);
  });
  it("7.2.3.6 an empty message", () => {
    assert.deepEqual(decoded(pairOf(false).to, hex("00")), new Uint8Array(0));
    assert.deepEqual(decoded(pairOf(false).to, new Uint8Array(0)), new Uint8Array(0));
  });
});

for (const takeover of [true, false]) {
  describe(`messages with takeover ${takeover}`, () => {
    it("are the same after encoding and decoding, one after the other", () => {
      const { from, to } = pairOf(takeover, 9);
      for (let count = 0; count < 100; count++) {
        const text = `{"count":${count},"words":"${"again and ".repeat(count)}"}`;
        const payload = encoder.encode(text);
        const encoded = from.encode(payload);
        if (encoded !== null) assert.deepEqual(decoded(to, encoded), payload);
      }
    });
    it("are the same after encoding and decoding in fragments", () => {
      const { from, to } = pairOf(takeover);
      for (const parts of [["a", "b", ""], ["", ""], ["again ".repeat(99), "again ".repeat(99)]]) {
        const encoded = parts.flatMap((part, index) => [
          ...from.encodeFragment(encoder.encode(part), {
            final: index === parts.length - 1,
            compress: true,
          }),
        ]);
        assert.deepEqual(decoded(to, Uint8Array.from(encoded)), encoder.encode(parts.join("")));
      }
    });
    it("that do not shrink are sent plain, and do not enter the windows", () => {
      const { from, to } = pairOf(takeover);
      const noise = pseudoRandom(2000, 7),
        text = encoder.encode("windows must not drift ".repeat(20));
      for (let count = 0; count < 5; count++) {
        assert.equal(from.encode(pseudoRandom(2000, count)), null);
        assert.equal(from.encode(noise), null, "noise was never sent compressed");
        assert.deepEqual(decoded(to, from.encode(text)!), text);
      }
    });
    it("may hold a final block in the middle, and the next message arrives", () => {
      const { to } = pairOf(takeover);
      const first = deflateAs(encoder.encode("first,"), constants.Z_FINISH);
      const second = deflateAs(encoder.encode("second"), constants.Z_SYNC_FLUSH).slice(0, -4);
      for (let count = 0; count < 3; count++) {
        const payload = Uint8Array.from([...first, ...second]);
        assert.deepEqual(decoded(to, payload), encoder.encode("first,second"));
      }
    });
  });
}

describe("limits", () => {
  it("stop a bomb while it is inflated", () => {
    const bomb = deflateAs(new Uint8Array(256 * MIB), constants.Z_SYNC_FLUSH);
    const before = rss();
    assert.equal(pairOf(true).to.decode(bomb, MIB), Violations.messageTooBig);
    assert.ok(rss() - before < 16 * MIB);
  });
  it("accept a message of exactly the limit", () => {
    const payload = encoder.encode("x".repeat(1000));
    const encoded = deflateAs(payload, constants.Z_SYNC_FLUSH).slice(0, -4);
    const { to } = pairOf(true);
    for (let count = 0; count < 3; count++) {
      assert.deepEqual(decoded(to, encoded, 1000), payload);
      assert.equal(pairOf(true).to.decode(encoded, 999), Violations.messageTooBig);
    }
    assert.equal(to.decode(encoded, 999), Violations.messageTooBig, "with a window");
  });
  it("count all streams of one message", () => {
    const stream = deflateAs(encoder.encode("x".repeat(600)), constants.Z_FINISH);
    assert.equal(
      pairOf(false).to.decode(Uint8Array.from([...stream, ...stream]), 1000),
      Violations.messageTooBig,
    );
  });
  it("refuse a message of thousands of final blocks", () => {
    const block = deflateAs(new Uint8Array(0), constants.Z_FINISH);
    const payload = new Uint8Array(block.length * 5000);
    for (let at = 0; at < payload.length; at += block.length) payload.set(block, at);
    assert.equal(pairOf(false).to.decode(payload, MIB), Violations.badEncoding);
  });
  it("that stop anywhere within a block are refused, and are no shorter messages", () => {
    const text = encoder.encode("twelve monkeys, twelve keys, and a monkey's key to twelve");
    const whole = deflateAs(text, constants.Z_SYNC_FLUSH).subarray(0, -4);
    for (let end = 1; end < whole.length; end++) {
      const { to } = pairOf(true);
      assert.equal(to.decode(whole.subarray(0, end), MIB), Violations.badEncoding, `${end} bytes`);
      assert.deepEqual(decoded(to, whole), text); // the window is as it was
    }
  });

  it("whose sender has left the end of the last block in are taken", () => {
    const text = encoder.encode("left in");
    assert.deepEqual(decoded(pairOf(true).to, deflateAs(text, constants.Z_SYNC_FLUSH)), text);
  });

  it("refuse bytes that are no DEFLATE stream", () => {
    for (const payload of [hex("ff ff ff"), hex("06 00"), pseudoRandom(500, 3)]) {
      assert.equal(pairOf(true).to.decode(payload, MIB), Violations.badEncoding);
    }
  });
});

function rss(): number {
  return process.memoryUsage().rss;
}
