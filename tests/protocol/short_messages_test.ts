/**
 * The fast path reads short messages by itself. It gives what the frame decoder gives, and leaves
 * everything else to it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageAssembler } from "../../src/protocol/message_assembler.ts";
import type { ProtocolTuning } from "../../src/protocol/protocol_options.ts";
import type { ReaderHost } from "../../src/protocol/reader_host.ts";
import { ShortMessages } from "../../src/protocol/short_messages.ts";
import { type Violation, Violations } from "../../src/protocol/violations.ts";
import { bits, filler } from "../helpers/bits.ts";
import { ContentSink, optionsWith } from "../helpers/content_sink.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

interface Setting {
  readonly maxMessageBytes?: number;
  readonly tuning?: ProtocolTuning;
}

/** A fast path without a frame decoder behind it. */
function setUp({ maxMessageBytes, tuning }: Setting = {}) {
  const sink = new ContentSink(), violations: Violation[] = [];
  const host: ReaderHost = {
    onControl: () => assert.fail("the fast path reads no control frames"),
    onViolation: (violation) => void violations.push(violation),
  };
  const options = optionsWith(maxMessageBytes, tuning);
  const assembler = new MessageAssembler(null, sink, options);
  const short = new ShortMessages(assembler, host, options);
  return { assembler, short, sink, violations };
}

const TEXT = '1 000 0001 m 0000010 "ab"', BINARY = "1 000 0010 m 0000011 *3";
const TEXT_BYTES = 8;

describe("ShortMessages", () => {
  it("reads short texts and binary messages up to the end of the chunk", () => {
    const { short, sink } = setUp();
    const chunk = bits(`${TEXT} | ${BINARY} | 1 000 0001 m 0000000`, "client");
    assert.equal(short.read(chunk, 0), chunk.length);
    assert.deepEqual(sink.events, ['text "ab"', "binary 616263", 'text ""']);
    assert.equal(short.wantsMore, true);
  });

  it("stops before everything that is not a short message, and leaves it unchanged", () => {
    const others = {
      "a fragment": '0 000 0001 m 0000001 "a"',
      "a continuation": '1 000 0000 m 0000001 "a"',
      "a control frame": "1 000 1001 m 0000000",
      "a reserved bit": '1 100 0001 m 0000001 "a"',
      "a reserved opcode": "1 000 0011 m 0000000",
      "an extended length": "1 000 0010 m 1111110 +007e *126",
      "a payload above the limit": "1 000 0010 m 0010101 *21",
      "a frame without a mask": '1 000 0001 0 0000011 "abc"',
    };
    for (const [name, drawing] of Object.entries(others)) {
      const { short, sink, violations } = setUp({ maxMessageBytes: 20 });
      const chunk = bits(`${TEXT} | ${drawing} | ${TEXT}`, "client"), before = chunk.slice();
      assert.equal(short.read(chunk, 0), TEXT_BYTES, name);
      assert.equal(short.wantsMore, true, name);
      assert.deepEqual(sink.events, ['text "ab"'], name);
      assert.deepEqual(chunk.subarray(TEXT_BYTES), before.subarray(TEXT_BYTES), name);
      assert.deepEqual(violations, [], name);
    }
  });

  it("stops before a frame that is cut anywhere", () => {
    const whole = bits(`${TEXT} | ${TEXT}`, "client");
    for (let cut = TEXT_BYTES + 1; cut < whole.length; cut++) {
      const { short, sink } = setUp();
      const chunk = whole.slice(0, cut);
      assert.equal(short.read(chunk, 0), TEXT_BYTES, `cut at ${cut}`);
      assert.equal(sink.events.length, 1);
    }
  });

  it("reads nothing within a fragmented message or after the connection is discarded", () => {
    for (const state of ["open", "discarded"] as const) {
      const { assembler, short } = setUp(), chunk = bits(TEXT, "client");
      if (state === "discarded") assembler.discard();
      else {
        assembler.beginFrame({
          fin: false,
          rsv: 0,
          opcode: 1,
          masked: true,
          maskingKey: 0,
          payloadLength: 1,
          lengthBytes: 0,
        }, 0);
      }
      assert.equal(short.read(chunk, 0), 0, state);
    }
  });

  it("stops after the message for which the sink wants no more", () => {
    const { short, sink } = setUp();
    sink.wantsMore = false;
    assert.equal(short.read(bits(`${TEXT} | ${TEXT}`, "client"), 0), TEXT_BYTES);
    assert.equal(short.wantsMore, false);
    sink.wantsMore = true;
    short.read(bits(TEXT, "client"), 0);
    assert.equal(short.wantsMore, true);
  });

  it("stops after a message whose receiver has transferred the chunk's buffer", () => {
    const { short, sink } = setUp({ tuning: { minSharedBytes: 1 } });
    const chunk = new Uint8Array(bits(`${BINARY} | ${BINARY}`, "client"));
    sink.react = () => void structuredClone(chunk, { transfer: [chunk.buffer] });
    short.read(chunk, 0);
    assert.deepEqual([sink.events.length, short.wantsMore], [1, false]);
  });

  it("reports text that is not UTF-8, and reads no further", () => {
    const { short, sink, violations } = setUp();
    const chunk = bits(`1 000 0001 m 0000001 xff | ${TEXT}`, "client");
    assert.equal(short.read(chunk, 0), 7);
    assert.deepEqual([violations, sink.events, short.wantsMore], [[Violations.notUtf8], [], false]);
  });
});

describe("the five ways of a short message", () => {
  const texts = ['"The quick brown fox"', "xc3a4c3b6", '"jumps"', '"over"', '"the lazy dog"'];
  const frames = [
    ...texts.map((text) => {
      const length = text.startsWith("x") ? 4 : text.length - 2;
      return `1 000 0001 m ${length.toString(2).padStart(7, "0")} ${text}`;
    }),
    "1 000 0010 m 0010100 *20",
    "1 000 0010 m 0000000",
  ];
  const drawing = frames.concat(frames, frames).join(" | ");
  const settings: Record<string, ProtocolTuning> = {
    "by default": {},
    "with batches of texts": { textAcceleration: { maxBatchBytes: 60 } },
    "through words": { minWordsBytes: 1 },
    "through words, with batches": { minWordsBytes: 1, textAcceleration: { maxBatchBytes: 1024 } },
    "with shared chunks": { minSharedBytes: 10 },
    "with shared chunks, through words": { minSharedBytes: 10, minWordsBytes: 1 },
    "without words": { minWordsBytes: Infinity },
  };
  for (const role of ["server", "client"] as const) {
    for (const [name, tuning] of Object.entries(settings)) {
      it(`give the ${role} what the frame decoder gives, ${name}`, () => {
        const stream = bits(drawing, role === "server" ? "client" : "server");
        const fast = new Endpoint(role, { tuning }), slow = new Endpoint(role);
        fast.receive(stream.slice());
        for (const byte of stream) slow.receive(Uint8Array.of(byte));
        assert.deepEqual(fast.events, slow.events);
        assert.equal(fast.events.length, 21);
        for (const data of fast.given) {
          if (typeof data !== "string" && data.length > 0) assert.deepEqual(data, filler(20));
        }
      });
    }
  }
});
