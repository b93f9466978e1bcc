import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EncodedMessage } from "../../src/protocol/encoded_message.ts";
import type { MessageCodec, MessageDecoder } from "../../src/protocol/message_codec.ts";
import { MessageContent } from "../../src/protocol/message_content.ts";
import type { Delivery } from "../../src/protocol/protocol_sink.ts";
import { type Violation, Violations } from "../../src/protocol/violations.ts";
import { filler } from "../helpers/bits.ts";
import { chunkOf, ContentSink, optionsWith } from "../helpers/content_sink.ts";
import { toHex } from "../helpers/protocol_events.ts";

const LARGE = 64 * 1024 + 1;
const UNFINISHED = { endsFrame: false, endsMessage: false };
const FRAGMENT = { endsFrame: true, endsMessage: false };

type Output = Uint8Array | Violation | "done" | null;

/** A decoder that gives what the test puts into `outputs`, and writes down its calls. */
class ScriptedDecoder implements MessageDecoder {
  readonly calls: string[] = [];
  readonly pushed: Uint8Array[] = [];
  readonly outputs: Output[] = [];

  push(chunk: Uint8Array, final: boolean): void {
    this.pushed.push(chunk);
    this.calls.push(final ? "push last" : "push");
  }

  take(): Output {
    return this.outputs.shift() ?? null;
  }

  discard(): void {
    this.calls.push("discard");
  }

  stop(): void {
    this.calls.push("stop");
  }
}

interface SetUp {
  readonly encoded: EncodedMessage;
  readonly content: MessageContent;
  readonly sink: ContentSink;
  readonly decoder: ScriptedDecoder;
  /** Payloads and limits of the calls of `decode`. */
  readonly decodes: [string, number][];
}

function setUp(
  { delivery = "message", canStream = true, decoded = filler(3), maxMessageBytes = 1 << 26 }: {
    delivery?: Delivery;
    canStream?: boolean;
    decoded?: Uint8Array | Violation;
    maxMessageBytes?: number;
  } = {},
): SetUp {
  const sink = new ContentSink(), decoder = new ScriptedDecoder();
  const content = new MessageContent(sink, optionsWith(maxMessageBytes));
  const decodes: [string, number][] = [];
  const codec: MessageCodec = {
    decode(payload, maxBytes) {
      decodes.push([payload.length > 20 ? `${payload.length}` : toHex(payload), maxBytes]);
      return decoded;
    },
    startDecoding: () => decoder,
    encode: () => null,
    encodeFragment: (payload) => payload,
  };
  content.begin("binary", delivery);
  const onDecoded = canStream ? () => {} : undefined;
  const encoded = new EncodedMessage({ codec, onDecoded, content, sink, maxMessageBytes });
  encoded.begin();
  return { encoded, content, sink, decoder, decodes };
}

describe("EncodedMessage of a small message", () => {
  it("decodes it in one call when it lies whole in a chunk", () => {
    const { encoded, sink, decodes } = setUp();
    encoded.beginFrame(2);
    assert.equal(encoded.onWhole(chunkOf(Uint8Array.of(9, 1, 2, 9), { start: 1, end: 3 })), "more");
    assert.deepEqual(decodes, [["0102", 1024 * 1024]]);
    assert.deepEqual(sink.events, ["binary 616263"]);
  });

  it("collects its chunks and fragments, and decodes them at its end", () => {
    const { encoded, sink, decodes } = setUp();
    encoded.beginFrame(2);
    encoded.onChunk(chunkOf(Uint8Array.of(1), { ...UNFINISHED, frameBytes: 2 }));
    encoded.onChunk(chunkOf(Uint8Array.of(2), { ...FRAGMENT, frameBytes: 2 }));
    encoded.beginFrame(1);
    assert.deepEqual([encoded.isDecoding, decodes.length], [false, 0]);
    assert.equal(encoded.onChunk(chunkOf(Uint8Array.of(3))), "more");
    assert.deepEqual(decodes.map(([payload]) => payload), ["010203"]);
    assert.deepEqual(sink.events, ["binary 616263"]);
  });

  it("gives the codec the message limit when it is below 1 MiB", () => {
    const { encoded, decodes } = setUp({ maxMessageBytes: 1000 });
    encoded.onWhole(chunkOf(filler(3)));
    assert.deepEqual(decodes.map(([, limit]) => limit), [1000]);
  });

  it("returns the violation of the codec", () => {
    const { encoded } = setUp({ decoded: Violations.badEncoding });
    assert.equal(encoded.onWhole(chunkOf(filler(3))), Violations.badEncoding);
  });

  it("EncodedMessage of a small message is decoded as it arrives when it is wanted by fragment or chunk", () => {
    for (const delivery of ["fragment", "chunk"] as const) {
      const { encoded, decoder, decodes } = setUp({ delivery });
      encoded.beginFrame(3);
      encoded.onChunk(chunkOf(filler(3)));
      assert.deepEqual([decoder.calls, decodes], [["push last"], []]);
    }
  });
});

describe("EncodedMessage without a streaming decoder", () => {
  it("collects a message of any size, and refuses one above the limit at the frame's header", () => {
    const { encoded, decodes } = setUp({
      canStream: false,
      delivery: "chunk",
      maxMessageBytes: LARGE,
    });
    assert.deepEqual([encoded.canStream, encoded.oneShotLimit], [false, LARGE]);
    assert.equal(encoded.beginFrame(LARGE - 1), true);
    assert.equal(encoded.onChunk(chunkOf(filler(LARGE - 1), FRAGMENT)), "more");
    assert.equal(encoded.beginFrame(1), true);
    assert.equal(encoded.onChunk(chunkOf(filler(1))), "more");
    assert.deepEqual(decodes, [[`${LARGE}`, LARGE]]);
    assert.equal(encoded.beginFrame(1), false);
    encoded.begin();
    assert.equal(encoded.beginFrame(1), true);
  });
});

describe("EncodedMessage of a large message", () => {
  it("pushes a copy of each chunk, because the transport uses the chunk again", () => {
    const { encoded, decoder } = setUp();
    encoded.beginFrame(LARGE);
    const chunk = filler(4);
    encoded.onChunk(chunkOf(chunk, UNFINISHED));
    chunk.fill(0);
    assert.deepEqual(decoder.pushed, [filler(4)]);
  });

  it("waits while the decoder is at work, and delivers when it is resumed", () => {
    const { encoded, decoder, sink } = setUp({ delivery: "chunk" });
    encoded.beginFrame(LARGE);
    assert.equal(encoded.onChunk(chunkOf(filler(4))), "stop");
    assert.deepEqual([encoded.isDecoding, encoded.isWaiting], [true, true]);
    decoder.outputs.push(filler(2), null);
    assert.equal(encoded.resume(), "stop");
    assert.deepEqual(sink.events, ["fragment binary 6162"]);
    decoder.outputs.push(filler(1), "done");
    assert.equal(encoded.resume(), "more");
    assert.deepEqual([encoded.isDecoding, encoded.isWaiting], [false, false]);
    assert.deepEqual(sink.events.slice(1), ["fragment binary 61", "last fragment binary "]);
  });

  it("stops for a full sink without waiting, and goes on where it stopped", () => {
    const { encoded, decoder, sink } = setUp({ delivery: "chunk" });
    sink.wantsMore = false;
    decoder.outputs.push(filler(1), filler(2), "done");
    assert.equal(encoded.onChunk(chunkOf(filler(4))), "stop");
    assert.deepEqual([encoded.isDecoding, encoded.isWaiting, sink.events.length], [true, false, 1]);
    sink.wantsMore = true;
    assert.equal(encoded.resume(), "more");
    assert.equal(sink.events.length, 3);
  });

  it("takes the next chunk with the same decoder, and a new message with a new state", () => {
    const { encoded, decoder } = setUp({ delivery: "chunk" });
    decoder.outputs.push("done");
    assert.equal(encoded.onChunk(chunkOf(filler(1), UNFINISHED)), "more");
    decoder.outputs.push("done");
    assert.equal(encoded.onChunk(chunkOf(filler(1))), "more");
    assert.deepEqual(decoder.calls, ["push", "push last"]);
    assert.equal(encoded.isDecoding, false);
    encoded.discardMessage();
    assert.deepEqual(decoder.calls, ["push", "push last"], "the message was over");
  });

  it("hands a small beginning that was collected to the decoder when the message grows large", () => {
    const { encoded, decoder } = setUp();
    encoded.beginFrame(2);
    encoded.onChunk(chunkOf(Uint8Array.of(1, 2), FRAGMENT));
    encoded.beginFrame(LARGE);
    encoded.onChunk(chunkOf(Uint8Array.of(3), { ...UNFINISHED, frameBytes: LARGE }));
    assert.deepEqual(decoder.pushed, [Uint8Array.of(1, 2, 3)]);
  });

  it("allocates for the bytes that arrive, and not for the length that a header claims", () => {
    const { encoded, decoder } = setUp(), claimed = 2 ** 50;
    encoded.beginFrame(2);
    encoded.onChunk(chunkOf(Uint8Array.of(1, 2), FRAGMENT));
    encoded.beginFrame(claimed);
    encoded.onChunk(chunkOf(Uint8Array.of(3), { ...UNFINISHED, frameBytes: claimed }));
    assert.deepEqual(decoder.pushed, [Uint8Array.of(1, 2, 3)]);
  });

  it("returns a violation that the decoder finds", () => {
    const { encoded, decoder } = setUp({ delivery: "chunk" });
    decoder.outputs.push(Violations.badEncoding);
    assert.equal(encoded.onChunk(chunkOf(filler(1))), Violations.badEncoding);
  });

  it("delivers nothing more after a sink that stops it from within", () => {
    const { encoded, decoder, sink } = setUp({ delivery: "chunk" });
    sink.react = () => encoded.stop();
    decoder.outputs.push(filler(1), filler(2), "done");
    encoded.onChunk(chunkOf(filler(4)));
    assert.equal(sink.events.length, 1);
    assert.deepEqual(decoder.calls, ["push last", "stop"]);
    assert.deepEqual([encoded.isDecoding, encoded.isWaiting, encoded.resume()], [
      false,
      false,
      "more",
    ]);
  });

  it("tells the decoder when the rest is not wanted, or was not from the beginning", () => {
    const { encoded, decoder } = setUp({ delivery: "chunk" });
    encoded.onChunk(chunkOf(filler(1), UNFINISHED));
    encoded.discardMessage();
    assert.deepEqual(decoder.calls, ["push", "discard"]);
    const unwanted = setUp({ delivery: "discard" });
    unwanted.encoded.beginFrame(LARGE);
    unwanted.encoded.onChunk(chunkOf(filler(1), UNFINISHED));
    assert.deepEqual(unwanted.decoder.calls, ["discard", "push"]);
  });
});

describe("EncodedMessage of a small message that proves large", () => {
  const proving = { decoded: Violations.messageTooBig };

  it("asks for a delivery, and decodes the message as a stream", () => {
    const { encoded, decoder, sink } = setUp(proving);
    sink.delivery = "chunk";
    decoder.outputs.push(filler(1), "done");
    assert.equal(encoded.onWhole(chunkOf(filler(4))), "more");
    assert.deepEqual(sink.heads, [
      { type: "binary", isWhole: true, frameBytes: Infinity, isEncoded: true },
    ]);
    assert.deepEqual(sink.events, ["fragment binary 61", "last fragment binary "]);
  });

  it("keeps a copy of the payload while the sink answers wait", () => {
    const { encoded, decoder, sink } = setUp(proving);
    sink.delivery = "wait";
    const chunk = filler(4);
    assert.equal(encoded.onWhole(chunkOf(chunk)), "stop");
    chunk.fill(0);
    assert.deepEqual([encoded.isDecoding, encoded.isWaiting], [true, false]);
    assert.equal(encoded.resume(), "stop");
    sink.delivery = "chunk";
    decoder.outputs.push("done");
    assert.equal(encoded.resume(), "more");
    assert.deepEqual([decoder.pushed, sink.heads.length], [[filler(4)], 3]);
  });

  it("EncodedMessage of a small message that proves large is too big when it is wanted whole and the limit is not above 1 MiB", () => {
    const { encoded, decoder } = setUp({ ...proving, maxMessageBytes: 1024 * 1024 });
    assert.equal(encoded.onWhole(chunkOf(filler(4))), Violations.messageTooBig);
    assert.deepEqual([decoder.calls, encoded.isDecoding], [[], false]);
  });

  it("EncodedMessage of a small message that proves large is decoded without asking when it was discarded meanwhile", () => {
    const { encoded, content, decoder, sink } = setUp(proving);
    sink.delivery = "wait";
    encoded.onWhole(chunkOf(filler(4)));
    content.discard();
    encoded.resume();
    assert.deepEqual([decoder.calls, sink.heads.length], [["discard", "push last"], 1]);
  });
});
