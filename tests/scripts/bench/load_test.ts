/**
 * What the load sends and counts; the generator in C is tried by `deno task bench --quick`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inflateRawSync } from "node:zlib";
import { compressedFrame, jsonFrames, jsonMessage } from "../../../scripts/bench/json_frames.ts";
import {
  cutFrames,
  makeFrame,
  makePayload,
  ReplyCounter,
} from "../../../scripts/bench/load_bun/frames.ts";
import { readOptions } from "../../../scripts/bench/load_bun/options.ts";
import { loadArguments } from "../../../scripts/bench/measure.ts";
import { canLoad } from "../../../scripts/bench/prepare.ts";

/** The frame as its echo comes back: without its mask. */
function unmask(frame: Uint8Array): Uint8Array {
  const length = frame[1]! & 127;
  const head = length < 126 ? 2 : length === 126 ? 4 : 10;
  const mask = frame.subarray(head, head + 4);
  const reply = Uint8Array.from([...frame.subarray(0, head), ...frame.subarray(head + 4)]);
  reply[1] = length;
  for (let i = head; i < reply.length; i++) reply[i] = reply[i]! ^ mask[(i - head) & 3]!;
  return reply;
}

describe("the frames of the load", () => {
  for (const [bytes, head] of [[0, 6], [125, 6], [126, 8], [65_535, 8], [65_536, 14]] as const) {
    it(`carry ${bytes} bytes`, () => {
      const frame = makeFrame(bytes, { isText: true, content: "ascii" });
      assert.equal(frame.length, head + bytes);
      assert.equal(frame[0], 0x81);
      const text = new TextDecoder().decode(unmask(frame).subarray(head - 4));
      assert.equal(text, "abcdefghijklmnopqrstuvwxyz".repeat(2521).slice(0, bytes));
    });
  }

  for (const content of ["mixed", "cjk", "emoji"]) {
    it(`carry ${content} characters that are cut nowhere`, () => {
      const payload = makePayload(1024, content);
      assert.equal(payload.length, 1024);
      const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
      assert.match(text, /[^\0-\x7f]/);
    });
  }

  it("fail on characters that there are none of", () => {
    assert.throws(() => makePayload(9, "latin"), /latin/);
  });

  it("carry JSON of 1 KiB, each another, that inflates to what it was", () => {
    const frames = cutFrames(jsonFrames());
    assert.equal(frames.length, 64);
    frames.forEach((frame, i) => {
      assert.equal(frame[0], 0xc1, "final, RSV1, text");
      const reply = unmask(frame);
      const payload = reply.subarray(reply[1]! < 126 ? 2 : 4);
      const tail = [0, 0, 0xff, 0xff]; // RFC 7692 section 7.2.2
      const text = inflateRawSync(Uint8Array.from([...payload, ...tail]), { finishFlush: 2 });
      assert.equal(text.toString(), jsonMessage(i));
      assert.equal(text.length, 1024);
      JSON.parse(text.toString());
    });
    assert.equal(new Set(frames.map(String)).size, 64);
    assert.ok(compressedFrame("a").length < 126);
  });
});

describe("ReplyCounter", () => {
  const BINARY = { isText: false, content: "ascii" } as const;
  const ping = Uint8Array.of(0x89, 1, 7);
  const replies = [unmask(makeFrame(300, BINARY)), ping, unmask(makeFrame(300, BINARY))];
  const all = Uint8Array.from(replies.flatMap((reply) => [...reply]));

  for (const size of [1, 2, 3, 100, 1000]) {
    it(`counts messages in chunks of ${size}`, () => {
      const counter = new ReplyCounter(300);
      let count = 0;
      for (let at = 0; at < all.length; at += size) {
        count += counter.take(all.subarray(at, at + size));
      }
      assert.equal(count, 2);
    });
  }

  it("counts a fragmented message once", () => {
    const counter = new ReplyCounter(2);
    assert.equal(counter.take(Uint8Array.of(0x02, 1, 7, 0x80, 1, 8)), 1);
  });

  it("fails on another size, and on a Close", () => {
    assert.throws(() => new ReplyCounter(299).take(all), /300 bytes/);
    assert.throws(() => new ReplyCounter(null).take(Uint8Array.of(0x88, 0)), /closed/);
  });
});

describe("loadArguments", () => {
  const load = { mode: "echo", connections: 500, inFlight: 2, bytes: 9 } as const;
  const effort = {
    seconds: 1,
    warmSeconds: 1,
    firstSeconds: 1,
    tries: 1,
    maxConnections: 200,
    settleSeconds: 3,
    keepaliveSettleSeconds: 5,
    keepaliveSeconds: 4,
  };

  it("loadArguments is understood by the load on Bun", () => {
    const words = loadArguments({ ...load, chunk: 5, isText: true, deflate: "x" }, effort);
    const { mode, connections, inFlight, bytes, isText, isRaw, chunk, extensions } = readOptions(
      words,
    );
    assert.deepEqual(
      { mode, connections, inFlight, bytes, isText, isRaw, chunk, extensions },
      {
        mode: "echo",
        connections: 200,
        inFlight: 2,
        bytes: 9,
        isText: true,
        isRaw: false,
        chunk: 5,
        extensions: "x",
      },
    );
  });

  it("has a mode of its own for loads that are no echo", () => {
    const modeOf = (mode: "fanout" | "keepalive") => loadArguments({ ...load, mode }, effort)[0];
    assert.deepEqual([modeOf("fanout"), modeOf("keepalive")], ["fanout", "keepalive"]);
  });

  it("waits until memory is read only where it is asked for", () => {
    assert.equal(readOptions(loadArguments({ ...load, mode: "idle" }, effort)).settle, 3);
    assert.equal(loadArguments({ ...load, mode: "keepalive" }, effort).at(-1), "5");
    assert.equal(readOptions(loadArguments({ ...load, mode: "handshakes" }, effort)).settle, 0);
  });
});

describe("canLoad", () => {
  const load = { mode: "echo", connections: 1, inFlight: 1, bytes: 1 } as const;
  const onBun = { command: [], isComplete: false, hasTls: false };

  it("leaves out TLS for a load without OpenSSL", () => {
    const plain = { command: [], isComplete: true, hasTls: false };
    assert.equal(canLoad(plain, { ...load, isTls: true }), false);
    assert.equal(canLoad({ ...plain, hasTls: true }, { ...load, isTls: true }), true);
    assert.equal(canLoad(plain, load), true);
  });

  it("leaves out what only the load in C can do", () => {
    assert.equal(canLoad(onBun, load), true);
    assert.equal(canLoad(onBun, { ...load, mode: "idle" }), true);
    assert.equal(canLoad(onBun, { ...load, mode: "paced" }), false);
    assert.equal(canLoad(onBun, { ...load, mode: "fanout" }), false);
  });
});
