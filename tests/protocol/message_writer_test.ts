import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Violations } from "../../src/protocol/violations.ts";
import { FrameEncoder } from "../../src/protocol/frame_encoder.ts";
import type { EncodeFragmentOptions, MessageCodec } from "../../src/protocol/message_codec.ts";
import { MessageWriter } from "../../src/protocol/message_writer.ts";
import { WHOLE_MESSAGE } from "../../src/protocol/message_options.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { bits, filler } from "../helpers/bits.ts";
import { toHex } from "../helpers/protocol_events.ts";

const PLAIN = { final: true, compress: false };
const FRAGMENT = { final: false, compress: true };
const PLAIN_FRAGMENT = { final: false, compress: false };

/**
 * Doubles what it encodes, and leaves alone what is longer than three bytes; says what it was
 * given.
 */
class DoublingCodec implements MessageCodec {
  readonly parts: string[] = [];

  decode = () => Violations.badEncoding;

  encode(payload: Uint8Array): Uint8Array | null {
    this.parts.push(`whole ${toHex(payload)}`);
    return payload.length > 3 ? null : Uint8Array.of(...payload, ...payload);
  }

  encodeFragment(part: Uint8Array, { final, compress }: EncodeFragmentOptions): Uint8Array {
    this.parts.push(`${compress ? "" : "plain "}${final ? "last" : "part"} ${toHex(part)}`);
    return Uint8Array.of(...part, ...part);
  }
}

function setUp(codec: MessageCodec | null): [MessageWriter, (drawn: string) => void] {
  const output = new CollectingOutput();
  const writer = new MessageWriter(new FrameEncoder(output, null), codec);
  const expectFrames = (drawn: string) =>
    assert.equal(toHex(output.take()), toHex(bits(drawn, "server")));
  return [writer, expectFrames];
}

describe("§5.2 a codec and RSV1", () => {
  it("a character that is cut between fragments is encoded whole", () => {
    const codec = new DoublingCodec(), [writer] = setUp(codec);
    writer.write("a\ud83d", FRAGMENT);
    writer.write("\ude00", WHOLE_MESSAGE);
    assert.deepEqual(codec.parts, ["part 61", "last f09f9880"]);
  });

  it("whole messages are encoded, text as its UTF-8, and have RSV1", () => {
    const codec = new DoublingCodec(), [writer, expectFrames] = setUp(codec);
    writer.write("\u20ac", WHOLE_MESSAGE);
    writer.write(filler(1), WHOLE_MESSAGE);
    writer.write("", WHOLE_MESSAGE);
    expectFrames(
      '1 100 0001 0 0000110 "\u20ac\u20ac" | 1 100 0010 0 0000010 "aa" | 1 100 0001 0 0000000',
    );
    assert.deepEqual(codec.parts, ["whole e282ac", "whole 61", "whole "]);
  });

  it("a message that the codec or the caller wants plain has no RSV1", () => {
    const codec = new DoublingCodec(), [writer, expectFrames] = setUp(codec);
    writer.write("long", WHOLE_MESSAGE);
    writer.write("a", PLAIN);
    writer.write("b", PLAIN_FRAGMENT);
    writer.write("c", WHOLE_MESSAGE);
    expectFrames(
      '1 000 0001 0 0000100 "long" | 1 000 0001 0 0000001 "a"' +
        '| 0 000 0001 0 0000001 "b" | 1 000 0000 0 0000001 "c"',
    );
    assert.deepEqual(codec.parts, ["whole 6c6f6e67"]);
  });

  it("fragments are encoded one by one: the first has RSV1, the last is final", () => {
    const codec = new DoublingCodec(), [writer, expectFrames] = setUp(codec);
    writer.write("a", FRAGMENT);
    // The first decided for all: RSV1 stays, and so does the codec.
    writer.write("b", PLAIN_FRAGMENT);
    writer.write("", PLAIN);
    writer.write(filler(1), FRAGMENT);
    writer.write(filler(1), WHOLE_MESSAGE);
    expectFrames(
      '0 100 0001 0 0000010 "aa" | 0 000 0000 0 0000010 "bb" | 1 000 0000 0 0000000' +
        '| 0 100 0010 0 0000010 "aa" | 1 000 0000 0 0000010 "aa"',
    );
    assert.deepEqual(codec.parts, [
      "part 61",
      "plain part 62",
      "plain last ",
      "part 61",
      "last 61",
    ]);
  });

  it("the codec is not called for data that cannot be sent", () => {
    const codec = new DoublingCodec(), [writer, expectFrames] = setUp(codec);
    writer.write("a", FRAGMENT);
    assert.throws(() => writer.write(filler(1), WHOLE_MESSAGE), TypeError);
    writer.write("b", WHOLE_MESSAGE);
    expectFrames('0 100 0001 0 0000010 "aa" | 1 000 0000 0 0000010 "bb"');
    assert.deepEqual(codec.parts, ["part 61", "last 62"]);
  });

  it("§5.2 no frame has RSV1 without a codec", () => {
    const [writer, expectFrames] = setUp(null);
    writer.write("a", WHOLE_MESSAGE);
    writer.write("b", FRAGMENT);
    writer.write("c", WHOLE_MESSAGE);
    expectFrames(
      '1 000 0001 0 0000001 "a" | 0 000 0001 0 0000001 "b" | 1 000 0000 0 0000001 "c"',
    );
  });
});
