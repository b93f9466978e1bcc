import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { echoCache } from "../../src/protocol/echo_cache.ts";
import { MessageContent } from "../../src/protocol/message_content.ts";
import type { Delivery } from "../../src/protocol/protocol_sink.ts";
import { Violations } from "../../src/protocol/violations.ts";
import { filler } from "../helpers/bits.ts";
import { chunkOf, ContentSink, optionsWith } from "../helpers/content_sink.ts";

const encoder = new TextEncoder();
const UNFINISHED = { endsFrame: false, endsMessage: false };
const FRAGMENT = { endsFrame: true, endsMessage: false };

function contentOf(
  type: "text" | "binary",
  delivery: Delivery,
  maxMessageBytes = Infinity,
): [MessageContent, ContentSink] {
  const sink = new ContentSink(), content = new MessageContent(sink, optionsWith(maxMessageBytes));
  content.begin(type, delivery);
  return [content, sink];
}

describe("MessageContent with delivery by message", () => {
  it("delivers the chunks of all frames as one message at its end", () => {
    const [content, sink] = contentOf("text", "message");
    assert.equal(
      content.onChunk(chunkOf(encoder.encode("ab"), { ...UNFINISHED, frameBytes: 3 })),
      "more",
    );
    assert.equal(
      content.onChunk(chunkOf(encoder.encode("c"), { ...FRAGMENT, frameBytes: 3 })),
      "more",
    );
    assert.deepEqual(sink.events, []);
    assert.equal(content.onChunk(chunkOf(encoder.encode("d"))), "more");
    assert.deepEqual(sink.events, ['text "abcd"']);
  });

  it("stops when the sink wants no more", () => {
    const [content, sink] = contentOf("binary", "message");
    sink.wantsMore = false;
    assert.equal(content.onChunk(chunkOf(filler(2))), "stop");
    assert.equal(content.deliverBytes(filler(2)), "stop");
    assert.equal(content.deliverContained(filler(2), 0, 2, 0xff), "stop");
  });

  it("accepts exactly maxMessageBytes over all chunks, and not one byte more", () => {
    for (const [last, verdict] of [[3, "more"], [4, Violations.messageTooBig]] as const) {
      const [content, sink] = contentOf("binary", "message", 10);
      assert.equal(content.onChunk(chunkOf(filler(7), FRAGMENT)), "more");
      assert.equal(content.hasCapacityFor(3), true);
      assert.equal(content.hasCapacityFor(4), false);
      assert.equal(content.onChunk(chunkOf(filler(last))), verdict);
      assert.equal(sink.events.length, verdict === "more" ? 1 : 0);
    }
  });

  it("counts the prefix of a long decoded text towards the limit", () => {
    const half = new Uint8Array(64 * 1024).fill(97), decoded = { ...UNFINISHED, frameBytes: null };
    for (const extra of [0, 1]) {
      const [content, sink] = contentOf("text", "message", 2 * half.length);
      assert.equal(content.onChunk(chunkOf(half, decoded)), "more");
      assert.equal(content.onChunk(chunkOf(half, decoded)), "more");
      const end = chunkOf(new Uint8Array(extra).fill(97), { frameBytes: null });
      assert.equal(content.onChunk(end), extra === 0 ? "more" : Violations.messageTooBig);
      if (extra === 0) assert.equal(sink.given[0] === "a".repeat(2 * half.length), true);
    }
  });

  it("decodes a long text whose prefix ends inside a character", () => {
    const text = "x" + "\u{1F600}".repeat(40_000), bytes = encoder.encode(text);
    const [content, sink] = contentOf("text", "message");
    for (let at = 0; at < bytes.length; at += 10_000) {
      const change = { ...UNFINISHED, frameBytes: null };
      content.onChunk(chunkOf(bytes.slice(at, at + 10_000), change));
    }
    content.onChunk(chunkOf(new Uint8Array(0), { frameBytes: null }));
    assert.equal(sink.given[0] === text, true);
  });

  it("refuses text that ends inside a character, and keeps nothing of it", () => {
    const [content, sink] = contentOf("text", "message");
    assert.equal(content.onChunk(chunkOf(Uint8Array.of(0x61, 0xc3))), Violations.notUtf8);
    content.begin("text", "message");
    assert.equal(content.onChunk(chunkOf(encoder.encode("b"))), "more");
    assert.deepEqual(sink.events, ['text "b"']);
  });

  it("refuses text at the first chunk that cannot be UTF-8", () => {
    const [content] = contentOf("text", "message");
    assert.equal(content.onChunk(chunkOf(Uint8Array.of(0xff), UNFINISHED)), Violations.notUtf8);
  });
});

describe("MessageContent with delivery by fragment", () => {
  it("collects each frame, and delivers empty frames as well", () => {
    const [content, sink] = contentOf("binary", "fragment");
    content.onChunk(chunkOf(filler(2), { ...UNFINISHED, frameBytes: 3 }));
    content.onChunk(chunkOf(filler(1), { ...FRAGMENT, frameBytes: 3 }));
    content.onChunk(chunkOf(filler(0), FRAGMENT));
    content.onChunk(chunkOf(filler(1)));
    assert.deepEqual(sink.events, [
      "fragment binary 616261",
      "fragment binary ",
      "last fragment binary 61",
    ]);
  });

  it("applies the limit to each frame, not to their sum", () => {
    const [content, sink] = contentOf("binary", "fragment", 3);
    for (let frame = 0; frame < 3; frame++) {
      content.onChunk(chunkOf(filler(2), { ...UNFINISHED, frameBytes: 3 }));
      assert.equal(content.onChunk(chunkOf(filler(1), { ...FRAGMENT, frameBytes: 3 })), "more");
    }
    assert.equal(sink.events.length, 3);
    assert.equal(content.hasCapacityFor(4), false);
  });
});

describe("MessageContent with delivery by chunk", () => {
  it("delivers chunks as they come without a limit, and leaves out empty ones but the last", () => {
    const [content, sink] = contentOf("binary", "chunk", 1);
    assert.equal(content.hasCapacityFor(1_000_000), true);
    content.onChunk(chunkOf(filler(2), UNFINISHED));
    content.onChunk(chunkOf(filler(0), FRAGMENT));
    content.onChunk(chunkOf(filler(0)));
    assert.deepEqual(sink.events, ["fragment binary 6162", "last fragment binary "]);
  });

  it("delivers a binary message behind a text as bytes", () => {
    const [content, sink] = contentOf("text", "chunk");
    content.onChunk(chunkOf(encoder.encode("a")));
    content.begin("binary", "message");
    content.onChunk(chunkOf(filler(1), UNFINISHED));
    content.onChunk(chunkOf(filler(1)));
    assert.deepEqual(sink.events, ['last fragment text "a"', "binary 6161"]);
  });

  it("keeps the first half of a character for the next chunk", () => {
    const [content, sink] = contentOf("text", "chunk");
    content.onChunk(chunkOf(Uint8Array.of(0xc3), UNFINISHED));
    assert.deepEqual(sink.events, []);
    content.onChunk(chunkOf(Uint8Array.of(0xa4, 0x62)));
    assert.deepEqual(sink.given, ["\u00e4b"]);
  });

  it("refuses a text that ends inside a character, and decodes the next one anew", () => {
    const [content, sink] = contentOf("text", "chunk");
    assert.equal(content.onChunk(chunkOf(Uint8Array.of(0x61, 0xc3))), Violations.notUtf8);
    const [next, nextSink] = contentOf("text", "chunk");
    next.onChunk(chunkOf(encoder.encode("a")));
    next.begin("text", "chunk");
    next.onChunk(chunkOf(encoder.encode("b")));
    assert.deepEqual([sink.given, nextSink.given], [[], ["a", "b"]]);
  });
});

describe("MessageContent", () => {
  it("delivers nothing of a discarded message", () => {
    const [content, sink] = contentOf("text", "message");
    content.onChunk(chunkOf(encoder.encode("a"), UNFINISHED));
    content.discard();
    assert.equal(content.onChunk(chunkOf(Uint8Array.of(0xff))), "more");
    assert.equal(content.deliverBytes(filler(1)), "more");
    assert.deepEqual(sink.events, []);
  });

  it("keeps nothing of one connection for the next that it is bound to", () => {
    const [content] = contentOf("text", "message");
    content.onChunk(chunkOf(Uint8Array.of(0x61, 0xc3), UNFINISHED));
    const next = new ContentSink();
    content.bind(next, optionsWith());
    content.begin("text", "message");
    assert.equal(content.readTarget(10), null);
    content.onChunk(chunkOf(encoder.encode("b")));
    assert.deepEqual(next.events, ['text "b"']);
  });

  it("reports once that a message was a view of its chunk", () => {
    const sink = new ContentSink(), chunk = filler(20);
    const content = new MessageContent(sink, optionsWith(Infinity, { minSharedBytes: 4 }));
    content.begin("binary", "message");
    content.deliverContained(chunk, 2, 5, 0xff);
    assert.equal(content.consumeSharedFlag(), false);
    content.deliverContained(chunk, 2, 6, 0xff);
    assert.equal(content.consumeSharedFlag(), true);
    assert.equal(content.consumeSharedFlag(), false);
    const [copy, view] = sink.given as Uint8Array[];
    assert.notEqual(copy!.buffer, chunk.buffer);
    assert.equal(view!.buffer, chunk.buffer);
  });

  it("decodes contained text as UTF-8 unless its bits say that it is ASCII", () => {
    const [content, sink] = contentOf("text", "message");
    const chunk = Uint8Array.of(0, 0xc3, 0xa4, 0);
    assert.equal(content.deliverContained(chunk, 1, 3, 0xe7), "more");
    assert.equal(content.deliverContained(chunk, 1, 2, 0xc3), Violations.notUtf8);
    assert.deepEqual(sink.given, ["\u00e4"]);
  });

  it("offers the bytes of a text for an echo while it is delivered, and no longer", () => {
    const [content, sink] = contentOf("text", "message");
    const text = "a text to be echoed", chunk = encoder.encode(`..${text}`);
    const found: unknown[] = [];
    sink.react = () => found.push(echoCache.find(text));
    content.deliverText(text, chunk, 2, 2 + text.length);
    assert.deepEqual(found, [chunk.subarray(2)]);
    assert.equal(echoCache.find(text), null);
    sink.react = () => {
      throw new Error("a sink must not throw");
    };
    assert.throws(() => content.deliverText(text, chunk, 2, 2 + text.length));
    assert.equal(echoCache.find(text), null);
  });
});
