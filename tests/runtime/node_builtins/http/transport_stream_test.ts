/**
 * The stream between a transport and `node:http`: what it gives back for an upgrade.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Transport, TransportSink } from "../../../../src/transport/transport.ts";
import { TransportStream } from "../../../../src/runtime/node_builtins/http/transport_stream.ts";

/** A transport that writes down what is asked of it. */
class ListeningTransport implements Transport {
  sink: TransportSink = { onChunk() {}, onEnd() {}, onDrain() {}, onClose() {} };
  readonly remoteAddress = null;
  readonly bufferedAmount = 0;
  readonly takenBytes = 0;
  readonly calls: string[] = [];

  write(bytes: Uint8Array, start: number, end: number): boolean {
    this.calls.push(`write ${new TextDecoder().decode(bytes.subarray(start, end))}`);
    return true;
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }

  end(): void {
    this.calls.push("end");
  }

  abort(): void {
    this.calls.push("abort");
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a transport as a stream", () => {
  it("gives the transport back, with the bytes that were not read", () => {
    const transport = new ListeningTransport();
    const stream = new TransportStream(transport, { encrypted: false });
    transport.sink.onChunk(bytes("unread"));
    const released = stream.release(bytes("rest+"));
    assert.equal(released.transport, transport);
    assert.deepEqual(released.early, bytes("rest+unread"));
    assert.ok(stream.destroyed);
    stream.destroySoon();
    assert.ok(!transport.calls.includes("abort") && !transport.calls.includes("end"));
    assert.equal(transport.calls.at(-1), "resume");
  });

  it("repeats for the next sink the events that it alone has seen", async () => {
    const transport = new ListeningTransport();
    const stream = new TransportStream(transport, { encrypted: false });
    transport.sink.onChunk(bytes("unread"));
    transport.sink.onEnd();
    const told: string[] = [];
    stream.release(bytes(""));
    transport.sink = {
      onChunk: () => void told.push("chunk"),
      onEnd: () => void told.push("end"),
      onDrain: () => void told.push("drain"),
      onClose: (cause) => void told.push(`close ${cause}`),
    };
    assert.deepEqual(told, []);
    await Promise.resolve();
    assert.deepEqual(told, ["end"]);
  });

  it("passes on write, end and abort", async () => {
    const transport = new ListeningTransport();
    const stream = new TransportStream(transport, { encrypted: false });
    stream.write("one");
    await new Promise<void>((resolve) => stream.end("two", resolve));
    stream.destroy();
    stream.destroy();
    await new Promise((resolve) => stream.on("close", resolve));
    assert.deepEqual(
      transport.calls.filter((call) => call !== "resume"),
      ["write one", "write two", "end", "abort"],
    );
  });
});
