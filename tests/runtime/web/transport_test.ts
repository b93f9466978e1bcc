/**
 * The transport over Web Streams, beyond what the connection suite tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { TransportSink } from "../../../src/transport/transport.ts";
import { StreamsTransport } from "../../../src/runtime/web/transport.ts";
import { settle } from "../../../src/testing/virtual_clock.ts";
import { itEnds } from "../../helpers/connections.ts";

/** Writes down what a transport says. */
class Sink implements TransportSink {
  readonly said: string[] = [];
  readonly chunks: Uint8Array[] = [];
  cause: unknown;

  onChunk(chunk: Uint8Array): void {
    this.said.push("chunk");
    this.chunks.push(chunk);
  }

  onEnd(): void {
    this.said.push("end");
  }

  onDrain(): void {
    this.said.push("drain");
  }

  onClose(cause?: unknown): void {
    this.said.push("close");
    this.cause = cause;
  }
}

interface Far {
  readonly transport: StreamsTransport;
  readonly sink: Sink;
  /** The peer's way to us. */
  readonly input: ReadableStreamDefaultController<Uint8Array>;
  /** How often we asked for input. */
  readonly pulls: () => number;
  /** The bytes that the peer was given. */
  readonly written: Uint8Array[];
  /** The state of our output. */
  readonly endings: unknown[];
  /** Lets the peer take the next chunk. */
  readonly take: () => Promise<void>;
  readonly output: WritableStreamDefaultController;
}

/** A transport whose other side is in the hands of the test. */
function open(): Far {
  const sink = new Sink(), written: Uint8Array[] = [], endings: unknown[] = [];
  let input!: ReadableStreamDefaultController<Uint8Array>;
  let output!: WritableStreamDefaultController;
  let pulls = 0, taken = () => {};
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => void (input = controller),
    pull: () => void pulls++,
    cancel: (reason) => void endings.push(["cancel", reason]),
  }, { highWaterMark: 0 });
  const writable = new WritableStream<Uint8Array>({
    start: (controller) => void (output = controller),
    write(chunk) {
      written.push(chunk);
      return new Promise<void>((resolve) => taken = resolve);
    },
    close: () => void endings.push("close"),
    abort: (reason) => void endings.push(["abort", reason]),
  });
  const transport = new StreamsTransport({ readable, writable }, { sink });
  const take = async (): Promise<void> => {
    taken();
    await settle();
  };
  return { transport, sink, input, output, pulls: () => pulls, written, endings, take };
}

describe("StreamsTransport", () => {
  itEnds("copies chunks for its sink, and skips empty ones", async () => {
    const { sink, input } = open();
    const shared = new Uint8Array([9, 1, 2, 3, 9]);
    input.enqueue(shared.subarray(1, 4));
    input.enqueue(new Uint8Array(0));
    await settle();
    assert.deepEqual(sink.said, ["chunk"]);
    sink.chunks[0]!.fill(7); // as unmasking does
    assert.deepEqual(shared, new Uint8Array([9, 1, 2, 3, 9]));
    assert.equal(sink.chunks[0]!.buffer.byteLength, 3);
  });

  itEnds("neither reads nor delivers while it is paused", async () => {
    const { transport, sink, input, pulls } = open();
    await settle();
    assert.equal(pulls(), 1);
    transport.pause();
    input.enqueue(new Uint8Array(1)); // had been asked for
    input.enqueue(new Uint8Array(2));
    await settle();
    assert.deepEqual([sink.said, pulls()], [[], 1]);
    transport.resume();
    await settle();
    assert.deepEqual(sink.chunks.map(({ length }) => length), [1, 2]);
    transport.pause();
    input.close();
    await settle();
    assert.deepEqual(sink.said, ["chunk", "chunk"]);
    transport.resume();
    await settle();
    assert.deepEqual(sink.said, ["chunk", "chunk", "end"]);
  });

  itEnds("reads no more once its sink has paused it", async () => {
    const { transport, sink, input, pulls } = open();
    sink.onChunk = () => transport.pause();
    await settle();
    input.enqueue(new Uint8Array(1));
    await settle();
    assert.equal(pulls(), 1);
  });

  itEnds("counts bytes that the peer has not taken, and calls onDrain when it has", async () => {
    const { transport, sink, written, take } = open();
    const bytes = new Uint8Array(50_000).fill(1);
    assert.equal(transport.write(bytes, 0, 40_000), true);
    assert.equal(transport.write(bytes, 10_000, 50_000), true);
    bytes.fill(0); // it is the caller's again
    assert.equal(transport.bufferedAmount, 80_000);
    await settle();
    await take();
    assert.deepEqual([transport.bufferedAmount, sink.said], [40_000, []]);
    await take();
    assert.deepEqual([transport.bufferedAmount, sink.said], [0, ["drain"]]);
    assert.deepEqual(written, [new Uint8Array(40_000).fill(1), new Uint8Array(40_000).fill(1)]);
    transport.write(bytes, 0, 10);
    await settle();
    await take();
    assert.deepEqual(sink.said, ["drain"]);
  });

  itEnds("closes when both directions have ended, in either order", async () => {
    const { transport, sink, input, endings, take } = open();
    transport.write(new Uint8Array(5), 0, 5);
    transport.end();
    transport.end();
    assert.equal(transport.write(new Uint8Array(5), 0, 5), true);
    await settle();
    assert.deepEqual(endings, []);
    await take();
    assert.deepEqual(endings, ["close"]);
    input.enqueue(new Uint8Array(1));
    input.close();
    await settle();
    assert.deepEqual([sink.said, sink.cause], [["chunk", "end", "close"], undefined]);
    assert.deepEqual(endings, ["close"]);
  });

  itEnds("aborts both directions at once, and calls onClose in a later turn", async () => {
    const { transport, sink, endings } = open();
    transport.write(new Uint8Array(5), 0, 5);
    transport.abort();
    transport.abort();
    assert.deepEqual([sink.said, transport.bufferedAmount], [[], 0]);
    await settle();
    assert.deepEqual([sink.said, sink.cause], [["close"], undefined]);
    assert.deepEqual(endings.map((ending) => (ending as [string])[0]).sort(), ["abort", "cancel"]);
  });

  itEnds("closes with the error of its readable", async () => {
    const { transport, sink, input } = open();
    const cause = new Error("mine");
    input.error(cause);
    await settle();
    assert.deepEqual([sink.said, sink.cause], [["close"], cause]);
    assert.equal(transport.write(new Uint8Array(5), 0, 5), true);
    assert.equal(transport.bufferedAmount, 0);
  });

  itEnds("reads on after its writable has failed", async () => {
    const { transport, sink, input, output } = open();
    const cause = new Error("mine");
    output.error(cause);
    await settle();
    transport.write(new Uint8Array(5), 0, 5);
    assert.equal(transport.bufferedAmount, 0);
    input.enqueue(new Uint8Array(1));
    await settle();
    assert.deepEqual(sink.said, ["chunk"]);
    input.close();
    await settle();
    assert.deepEqual([sink.said, sink.cause], [["chunk", "end", "close"], cause]);
  });

  itEnds("closes with a TypeError for a chunk that is no Uint8Array", async () => {
    const { sink, input } = open();
    input.enqueue(JSON.parse("[1]"));
    await settle();
    assert.deepEqual(sink.said, ["close"]);
    assert.ok(sink.cause instanceof TypeError);
  });
});
