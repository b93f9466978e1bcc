/**
 * One message for many connections: encoded once, compressed once for those with the same
 * parameters, and in order with what each connection is sent alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { SharedMessage } from "../../src/framed/shared_message.ts";
import type { MessageCodec } from "../../src/protocol/message_codec.ts";
import { Topics } from "../../src/topics/topics.ts";
import { filler } from "../helpers/bits.ts";

/** A codec that "compresses" to one byte, and counts. */
class CountingCodec implements MessageCodec {
  readonly alone: string;
  encoded = 0;
  told = 0;

  constructor(alone: string) {
    this.alone = alone;
  }

  decode(payload: Uint8Array): Uint8Array {
    return payload;
  }

  encode(payload: Uint8Array): Uint8Array {
    return payload;
  }

  encodeFragment(payload: Uint8Array): Uint8Array {
    return payload;
  }

  encodeAlone(payload: Uint8Array): Uint8Array | null {
    this.encoded++;
    return payload.length < 10 ? null : Uint8Array.of(payload.length);
  }

  onSentAlone(): void {
    this.told++;
  }
}

describe("a shared message", () => {
  it("a shared message is one frame for all connections without compression", () => {
    const message = new SharedMessage("hi", true), frame = message.frameFor(null);
    assert.deepEqual([...frame], [0x81, 2, 0x68, 0x69]);
    assert.equal(message.frameFor(null), frame);
    const large = new SharedMessage(filler(70_000), true).frameFor(null);
    assert.deepEqual([...large.subarray(0, 10)], [0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
    assert.equal(large.length, 70_010);
  });

  it("frames of shared messages never change, whatever their lengths and those after them", () => {
    const made: { payload: string | Uint8Array; frame: Uint8Array; copy: Uint8Array }[] = [];
    for (let length = 0; length < 1_300; length++) {
      const payload = length % 3 === 0 ? filler(length) : "a€b"[length % 3]!.repeat(length);
      const frame = new SharedMessage(payload, true).frameFor(null);
      made.push({ payload, frame, copy: frame.slice() });
    }
    for (const { payload, frame, copy } of made) {
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
      const header = bytes.length < 126 ? 2 : 4;
      assert.deepEqual(frame, copy);
      assert.deepEqual(frame.subarray(header), bytes);
    }
  });

  it("a shared message is compressed once for each set of parameters", () => {
    const message = new SharedMessage(filler(50), true);
    const codecs = ["a", "b", "a", "a"].map((name) => new CountingCodec(name));
    const frames = codecs.map((codec) => message.frameFor(codec));
    assert.deepEqual([...frames[0]!], [0xc2, 1, 50]);
    assert.deepEqual(codecs.map(({ encoded }) => encoded), [1, 1, 0, 0]);
    assert.deepEqual(codecs.map(({ told }) => told), [1, 1, 1, 1]);
    assert.equal(frames[2], frames[0]);
  });

  it("a shared message is not compressed where that does not pay, or is not wanted", () => {
    const codec = new CountingCodec("a"), other = new CountingCodec("a");
    const short = new SharedMessage("short", true), plain = new SharedMessage(filler(50), false);
    assert.equal(short.frameFor(codec), short.frameFor(null));
    assert.equal(short.frameFor(other), short.frameFor(null));
    assert.equal(plain.frameFor(codec), plain.frameFor(null));
    assert.deepEqual([codec.encoded, codec.told, other.encoded], [1, 0, 0]);
  });
});

describe("compressed topics", () => {
  for (const takeover of [true, false]) {
    it(`are understood between messages of one connection alone, takeover: ${takeover}`, async () => {
      const topics = new Topics();
      const server = await serve({ compression: { takeover } }, {
        open: (connection) => topics.subscribe(connection, "all"),
        async message(connection, message) {
          // Each refers to the last, where it may: what is shared comes between.
          await connection.send(`alone ${message}`);
          await topics.publish("all", `shared ${message}`);
          await connection.send(`alone again ${message}`);
        },
      });
      if (server.address.transport !== "tcp") assert.fail("not on TCP");
      const url = `ws://127.0.0.1:${server.address.port}/`;
      const ours = await connect(url, { compression: { takeover } });
      assert.match(ours.extensions, /permessage-deflate/);
      const platform = new WebSocket(url), heard: string[] = [];
      platform.onmessage = ({ data }) => heard.push(String(data));
      await new Promise((resolve) => platform.onopen = resolve);
      const text = "a text that is long enough to be compressed, again and again. ".repeat(10);
      for (let round = 0; round < 5; round++) {
        await ours.send(`${round} ${text}`);
        for (const kind of ["alone", "shared", "alone again"]) {
          assert.equal(await ours.readText({ timeoutMs: 40_000 }), `${kind} ${round} ${text}`);
        }
      }
      platform.send(`p ${text}`);
      const expected = Array.from({ length: 5 }, (_, round) => `shared ${round} ${text}`);
      expected.push(`alone p ${text}`, `shared p ${text}`, `alone again p ${text}`);
      while (heard.length < expected.length) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(heard, expected);
      platform.close();
      await server.close();
    });
  }
});
