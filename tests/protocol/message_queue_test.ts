import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import { FrameEncoder } from "../../src/protocol/frame_encoder.ts";
import type { MessageCodec } from "../../src/protocol/message_codec.ts";
import { MessageQueue } from "../../src/protocol/message_queue.ts";
import { MessageWriter } from "../../src/protocol/message_writer.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { filler } from "../helpers/bits.ts";
import { nameMessage } from "../helpers/protocol_events.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

const SLICE = 64 * 1024;
const COMPRESSED = { final: true, compress: true };
const PLAIN = { final: true, compress: false };
const FRAGMENT = { final: false, compress: true };

/** A queue whose codec changes nothing, the sizes of what it was given, and a peer to read it. */
function setUp() {
  const fragments: string[] = [], output = new CollectingOutput();
  const codec: MessageCodec = {
    decode: (payload) => payload.slice(),
    encode(payload) {
      fragments.push(`whole ${payload.length}`);
      return payload;
    },
    encodeFragment(payload, { final, compress }) {
      fragments.push(`${compress ? "" : "plain "}${final ? "last " : ""}${payload.length}`);
      return payload;
    },
  };
  const writer = new MessageWriter(new FrameEncoder(output, null), codec);
  const queue = new MessageQueue(writer);
  const peer = new Endpoint("client", { codec, maxMessageBytes: 1 << 24 });
  const read = () => {
    peer.receive(output.take());
    return peer.given.splice(0);
  };
  return { queue, writer, fragments, read };
}

/** Compares by name and hash: a failure of `deepEqual` takes minutes to print 64 KiB. */
function assertSame(given: readonly Message[], expected: readonly Message[]): void {
  assert.deepEqual(given.map(nameMessage), expected.map(nameMessage));
}

describe("MessageQueue", () => {
  it("takes large messages that may be compressed, and everything while others wait", () => {
    const { queue } = setUp();
    assert.equal(queue.mustTake(filler(2 * SLICE), COMPRESSED), false);
    assert.equal(queue.mustTake(filler(2 * SLICE + 1), COMPRESSED), true);
    assert.equal(queue.mustTake(filler(2 * SLICE + 1), PLAIN), false);
    queue.add(filler(2 * SLICE + 1), COMPRESSED);
    assert.equal(queue.mustTake(filler(1), PLAIN), true);
  });

  it("writes a slice of 64 KiB with each call, and the last one as the end", () => {
    const { queue, fragments, read } = setUp(), message = filler(2 * SLICE + 1);
    queue.add(message, COMPRESSED);
    while (!queue.isEmpty) queue.writeNext();
    assert.deepEqual(fragments, [`${SLICE}`, `${SLICE}`, "last 1"]);
    assertSame(read(), [message]);
  });

  it("counts what is not written yet", () => {
    const { queue } = setUp();
    queue.add(filler(2 * SLICE + 1), COMPRESSED);
    queue.add("abc", PLAIN);
    assert.equal(queue.length, 2 * SLICE + 4);
    queue.writeNext();
    assert.equal(queue.length, SLICE + 4);
    queue.clear();
    assert.deepEqual([queue.length, queue.isEmpty], [0, true]);
    queue.writeNext();
  });

  it("copies binary data, which its sender may change", () => {
    const { queue, read } = setUp(), message = filler(2 * SLICE + 1);
    queue.add(message, COMPRESSED);
    message.fill(0);
    queue.writeAll();
    assertSame(read(), [filler(2 * SLICE + 1)]);
  });

  it("does not cut a text inside a character", () => {
    const { queue, read } = setUp(), text = "x" + "\u{1F600}".repeat(SLICE + 5);
    queue.add(text, COMPRESSED);
    while (!queue.isEmpty) queue.writeNext();
    assert.equal(read()[0] === text, true);
  });

  it("writes everything that waits uncompressed when a Close has to follow", () => {
    const { queue, fragments, read } = setUp();
    queue.add(filler(3 * SLICE), COMPRESSED);
    queue.add("next", COMPRESSED);
    queue.writeNext();
    queue.writeAll();
    assert.deepEqual(fragments, [`${SLICE}`, `plain last ${2 * SLICE}`]);
    assertSame(read(), [filler(3 * SLICE), "next"]);
    assert.equal(queue.isEmpty, true);
  });

  it("refuses a fragment of the other type at once, also behind one that is queued", () => {
    const { queue } = setUp();
    queue.add(filler(3), FRAGMENT);
    assert.throws(() => queue.add("text", FRAGMENT), TypeError);
    queue.add(filler(3), COMPRESSED);
    queue.add("text", COMPRESSED);
    while (!queue.isEmpty) queue.writeNext();
    queue.add("begun", FRAGMENT);
    queue.writeNext();
    assert.equal(queue.isEmpty, true);
    assert.throws(() => queue.add(filler(1), FRAGMENT), TypeError);
  });

  it("takes either type once a message that it has begun was ended without it", () => {
    const { queue, writer, read } = setUp();
    queue.add("begun", FRAGMENT);
    queue.writeNext();
    writer.write(", ended", PLAIN);
    queue.add(filler(3), COMPRESSED);
    queue.writeNext();
    assertSame(read(), ["begun, ended", filler(3)]);
  });

  it("keeps fragments open between slices, so that the message ends with its last fragment", () => {
    const { queue, fragments, read } = setUp();
    queue.add("a".repeat(SLICE + 1), FRAGMENT);
    queue.add("b", COMPRESSED);
    while (!queue.isEmpty) queue.writeNext();
    assert.deepEqual(fragments, [`${SLICE}`, "1", "last 1"]);
    assertSame(read(), ["a".repeat(SLICE + 1) + "b"]);
  });
});
