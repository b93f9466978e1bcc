/**
 * Deno's transport over a scripted connection: what real sockets do too rarely to test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HIGH_WATER_BYTES, type TransportSink } from "../../../src/transport/transport.ts";
import { type ByteConn, DenoTransport } from "../../../src/runtime/deno/transport.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { nextTurn } from "../../helpers/waiting.ts";

/** One call that waits for its answer. */
interface Call<Answer> {
  readonly bytes: Uint8Array;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A connection whose every answer is given by the test. */
class ScriptedConn implements ByteConn {
  readonly remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
  readonly reads: Call<number | null>[] = [];
  readonly writes: Call<number>[] = [];
  calls: string[] = [];
  onWrite: (call: Call<number>) => void = () => {};

  read(bytes: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => this.reads.push({ bytes, resolve, reject }));
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.writes.push({ bytes, resolve, reject });
      this.onWrite(this.writes.at(-1)!);
    });
  }

  closeWrite(): Promise<void> {
    this.calls.push("closeWrite");
    return Promise.resolve();
  }

  close(): void {
    this.calls.push("close");
  }
}

/** A sink that says where the next bytes are to lie. */
class SpaciousSink implements TransportSink {
  readTarget: Uint8Array | null = null;
  readonly #take: (chunk: Uint8Array, sink: SpaciousSink) => void;

  constructor(take: (chunk: Uint8Array, sink: SpaciousSink) => void) {
    this.#take = take;
  }

  onChunk(chunk: Uint8Array): void {
    this.#take(chunk, this);
  }

  onEnd(): void {}

  onDrain(): void {}

  onClose(): void {}
}

function open(): { conn: ScriptedConn; sink: RecordingSink; transport: DenoTransport } {
  const conn = new ScriptedConn();
  const sink = new RecordingSink({ onChunk() {} });
  return { conn, sink, transport: new DenoTransport(conn, sink) };
}

const bytesOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe("DenoTransport", () => {
  it("has one write under way at a time, and gathers the writes meanwhile", async () => {
    const { conn, transport } = open();
    for (const value of [1, 2, 3]) transport.write(bytesOf(10, value), 0, 10);
    await nextTurn();
    assert.equal(conn.writes.length, 1);
    conn.writes[0]!.resolve(10);
    await nextTurn();
    assert.equal(conn.writes.length, 2);
    assert.deepEqual(conn.writes[1]!.bytes, Uint8Array.of(...bytesOf(10, 2), ...bytesOf(10, 3)));
  });

  it("writes the rest of an incomplete write, and counts it as buffered", async () => {
    const { conn, sink, transport } = open();
    assert.equal(transport.write(bytesOf(100, 1), 0, 100), true);
    transport.write(bytesOf(50, 2), 0, 50);
    assert.equal(transport.bufferedAmount, 50, "the first piece is the system's");
    await nextTurn();
    conn.writes[0]!.resolve(30);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 120, "what it left is not");
    assert.deepEqual(conn.writes[1]!.bytes, bytesOf(70, 1));
    conn.writes[1]!.resolve(60);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 60);
    assert.deepEqual(conn.writes[2]!.bytes, bytesOf(10, 1));
    conn.writes[2]!.resolve(10);
    await nextTurn();
    assert.deepEqual(conn.writes[3]!.bytes, bytesOf(50, 2));
    conn.writes[3]!.resolve(50);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 0);
    assert.equal(sink.drains, 0);
  });

  it("begins the answers to all reads of one turn behind the last of them", async () => {
    const events: string[] = [];
    const all = [1, 2, 3].map((value) => {
      const { conn, transport } = open();
      transport.sink = new RecordingSink({
        onChunk() {
          events.push(`read ${value}`);
          transport.write(bytesOf(10, value), 0, 10);
        },
      });
      return conn;
    });
    for (const conn of all) conn.onWrite = ({ bytes }) => void events.push(`write ${bytes[0]}`);
    for (const { reads } of all) reads[0]!.resolve(5);
    await nextTurn();
    assert.deepEqual(events, ["read 1", "read 2", "read 3", "write 1", "write 2", "write 3"]);
  });

  it("begins a write that is due before abort() closes", async () => {
    const { conn, transport } = open();
    conn.onWrite = () => void conn.calls.push("write");
    transport.write(bytesOf(10, 1), 0, 10);
    transport.abort();
    await nextTurn();
    assert.deepEqual(conn.calls, ["write", "close"]);
    conn.writes[0]!.resolve(10);
    await nextTurn();
    assert.deepEqual([conn.writes.length, transport.bufferedAmount], [1, 0]);
  });

  it("writes shared bytes without a copy, then the rest of an incomplete write", async () => {
    const { conn, transport } = open(), shared = bytesOf(100, 1);
    transport.writeShared(shared);
    assert.equal(conn.writes[0]!.bytes, shared);
    assert.equal(transport.bufferedAmount, 0);
    transport.writeShared(bytesOf(10, 2));
    assert.equal(transport.bufferedAmount, 10);
    conn.writes[0]!.resolve(60);
    await nextTurn();
    assert.deepEqual(conn.writes[1]!.bytes, bytesOf(40, 1));
    assert.equal(transport.bufferedAmount, 50);
    conn.writes[1]!.resolve(40);
    await nextTurn();
    assert.deepEqual(conn.writes[2]!.bytes, bytesOf(10, 2));
    conn.writes[2]!.resolve(10);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 0);
  });

  it("keeps waiting pieces of several connections apart", async () => {
    const all = Array.from({ length: 50 }, (_, index) => {
      const { conn, transport } = open();
      const bytes = bytesOf(8000, index);
      assert.equal(transport.write(bytes, 0, 8000), true);
      bytes.fill(0xff);
      return conn;
    });
    await nextTurn();
    for (const [index, { writes }] of all.entries()) {
      assert.deepEqual(writes[0]!.bytes, bytesOf(8000, index));
      writes[0]!.resolve(4000);
    }
    await nextTurn();
    for (let times = 0; times < 50; times++) open().transport.write(bytesOf(8000, 0xee), 0, 8000);
    for (const [index, { writes }] of all.entries()) {
      assert.deepEqual(writes[1]!.bytes, bytesOf(4000, index));
    }
  });

  it("calls onDrain if the rest of an incomplete write exceeded the mark", async () => {
    const { conn, sink, transport } = open();
    transport.write(bytesOf(60_000, 1), 0, 60_000);
    transport.write(bytesOf(60_000, 2), 0, 60_000);
    assert.equal(transport.bufferedAmount, 60_000);
    await nextTurn();
    conn.writes[0]!.resolve(20_000);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 100_000);
    conn.writes[1]!.resolve(40_000);
    await nextTurn();
    conn.writes[2]!.resolve(60_000);
    await nextTurn();
    assert.equal(transport.bufferedAmount, 0);
    assert.equal(sink.drains, 1);
  });

  it("keeps a large buffer uncopied, and calls onDrain when it is written", async () => {
    const { conn, sink, transport } = open();
    const size = 4 * HIGH_WATER_BYTES;
    assert.equal(transport.write(bytesOf(size, 1), 0, size), false);
    assert.equal(transport.bufferedAmount, size);
    conn.writes[0]!.resolve(size - 1);
    await nextTurn();
    assert.equal(sink.drains, 0);
    conn.writes[1]!.resolve(1);
    await nextTurn();
    assert.equal(sink.drains, 1);
  });

  it("sends FIN after the bytes that wait", async () => {
    const { conn, transport } = open();
    transport.write(bytesOf(10, 1), 0, 10);
    transport.write(bytesOf(10, 2), 0, 10);
    transport.end();
    await nextTurn();
    conn.writes[0]!.resolve(10);
    await nextTurn();
    assert.deepEqual(conn.calls, []);
    conn.writes[1]!.resolve(10);
    await nextTurn();
    assert.deepEqual(conn.calls, ["closeWrite"]);
  });

  for (const when of ["before", "after"] as const) {
    it(`paused ${when} a write fails, tells why at once`, async () => {
      const { conn, sink, transport } = open();
      const broken = new Error("broken pipe");
      transport.write(bytesOf(10, 1), 0, 10);
      await nextTurn();
      if (when === "before") transport.pause();
      conn.writes[0]!.reject(broken);
      await nextTurn();
      transport.pause();
      await nextTurn();
      assert.deepEqual([sink.closes, sink.cause], [1, broken]);
    });
  }

  it("reads on after a write failed, then closes with its cause", async () => {
    const { conn, sink, transport } = open();
    const broken = new Error("broken pipe");
    transport.write(bytesOf(10, 1), 0, 10);
    transport.write(bytesOf(10, 2), 0, 10);
    await nextTurn();
    conn.writes[0]!.reject(broken);
    await nextTurn();
    assert.deepEqual([sink.closes, transport.bufferedAmount], [0, 0]);
    assert.equal(transport.write(bytesOf(10, 3), 0, 10), true);
    conn.reads[0]!.resolve(5);
    await nextTurn();
    assert.equal(sink.receivedBytes, 5);
    conn.reads[1]!.resolve(null);
    await nextTurn();
    assert.deepEqual([sink.ends, sink.closes, sink.cause], [1, 1, broken]);
    assert.deepEqual(conn.calls, ["close"]);
    assert.equal(conn.writes.length, 1);
  });

  it("stays paused after resume() and pause() in one turn", async () => {
    const { conn, sink, transport } = open();
    transport.pause();
    conn.reads[0]!.resolve(5);
    await nextTurn();
    transport.resume();
    transport.pause();
    await nextTurn();
    assert.equal(sink.chunks, 0);
    transport.resume();
    await nextTurn();
    assert.equal(sink.receivedBytes, 5);
  });

  it("reads large payloads into the sink's readTarget, and small ones into its own buffer", async () => {
    const { conn, sink, transport } = open();
    const place = new Uint8Array(300_000);
    const chunks: Uint8Array[] = [];
    const spacious = transport.sink = new SpaciousSink((chunk) => chunks.push(chunk));
    const read = async (value: number, length: number): Promise<number> => {
      const call = conn.reads.at(-1)!;
      call.bytes.fill(value, 0, length);
      call.resolve(length);
      await nextTurn();
      return call.bytes.length;
    };
    spacious.readTarget = place;
    assert.equal(await read(1, 512), 512);
    spacious.readTarget = place.subarray(200_000);
    assert.equal(await read(2, 200_000), 262_144);
    spacious.readTarget = place.subarray(299_990);
    assert.equal(await read(3, 100_000 - 10), 100_000);
    spacious.readTarget = null;
    assert.equal(await read(4, 10), 512, "not the last few bytes: more may be waiting");
    assert.equal(await read(5, 20), 512);
    assert.deepEqual(chunks.map(({ length }) => length), [512, 200_000, 99_990, 10, 20]);
    assert.deepEqual(chunks.map(([first]) => first), [1, 2, 3, 4, 5]);
    assert.deepEqual(chunks[1]!.buffer, place.buffer);
    assert.equal(place[0], 2);
    assert.equal(place[200_000], 3);
    assert.equal(sink.chunks, 0);
  });

  it("waits for a frame like the last with room for all of it, and frees the place when the read ends", async () => {
    for (let times = 0; times < 80; times++) { // more, of each kind, than may wait
      const { conn, transport } = open();
      transport.sink = new SpaciousSink((_chunk, sink) => {
        sink.readTarget = sink.readTarget === null ? new Uint8Array(30_000) : null;
      });
      for (const length of [512, 30_000]) {
        conn.reads.at(-1)!.resolve(length);
        await nextTurn();
      }
      const { bytes, resolve, reject } = conn.reads.at(-1)!;
      assert.equal(bytes.length, 30_512, `${times}`);
      if (times % 2 === 0) reject(new Error("reset"));
      else resolve(null);
      await nextTurn();
    }
  });

  it("issues no read while paused", async () => {
    const { conn, transport } = open();
    transport.pause();
    conn.reads[0]!.resolve(5);
    await nextTurn();
    assert.equal(conn.reads.length, 1);
    transport.resume();
    await nextTurn();
    assert.equal(conn.reads.length, 2);
    transport.sink = new RecordingSink({ onChunk: () => transport.pause() });
    conn.reads[1]!.resolve(5);
    await nextTurn();
    assert.equal(conn.reads.length, 2);
  });

  it("closes at once when a read fails, paused or not", async () => {
    const { conn, sink, transport } = open();
    const reset = new Error("reset");
    transport.pause();
    conn.reads[0]!.reject(reset);
    await nextTurn();
    assert.deepEqual([sink.closes, sink.cause, conn.calls], [1, reset, ["close"]]);
  });

  it("delivers nothing after abort()", async () => {
    const { conn, sink, transport } = open();
    transport.write(bytesOf(10, 1), 0, 10);
    transport.abort();
    conn.writes[0]!.reject(new Error("interrupted"));
    conn.reads[0]!.resolve(5);
    await nextTurn();
    assert.deepEqual([sink.chunks, sink.closes, sink.cause], [0, 1, undefined]);
  });
});
