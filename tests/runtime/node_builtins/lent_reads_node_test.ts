/**
 * Sockets that have brought many small chunks, and then others. They read into a buffer that all of
 * them share.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import { transportOf } from "../../../src/runtime/node_builtins/socket_transport.ts";
import type { Transport, TransportSink } from "../../../src/transport/transport.ts";
import { comesToRest, eventually } from "../../helpers/waiting.ts";

const patience = { timeout: 60_000 } as const;
const CERTIFICATE = {
  cert: await readFile(new URL("../../helpers/tls/cert.pem", import.meta.url)),
  key: await readFile(new URL("../../helpers/tls/key.pem", import.meta.url)),
};
/** More than it takes until a socket reads by `lent_reads.ts`. */
const MANY = 20;

/** Keeps all chunks, or answers that it keeps none. */
class Reader implements TransportSink {
  readonly chunks: Uint8Array[] = [];
  readonly #keeps: boolean;
  bytes = 0;
  ends = 0;
  closes = 0;

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  onChunk(chunk: Uint8Array): boolean {
    this.bytes += chunk.length;
    this.chunks.push(this.#keeps ? chunk : chunk.slice());
    return !this.#keeps;
  }

  onEnd(): void {
    this.ends++;
  }

  onDrain(): void {}

  onClose(): void {
    this.closes++;
  }
}

interface Pair {
  readonly peer: Socket;
  readonly transport: Transport;
  readonly reader: Reader;
  /** Sends bytes that all have one value, and waits until they have been read. */
  send(length: number, value: number): Promise<void>;
  end(): void;
}

async function openPair(keeps: boolean, isSecure = false): Promise<Pair> {
  const server = isSecure ? tls.createServer(CERTIFICATE) : createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const peer = isSecure
    ? tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false })
    : connect(port, "127.0.0.1");
  peer.setNoDelay(true).on("error", () => {});
  const [socket] = await once(server, isSecure ? "secureConnection" : "connection");
  server.close();
  const transport = transportOf(socket), reader = new Reader(keeps);
  transport.sink = reader;
  const send = async (length: number, value: number): Promise<void> => {
    const all = reader.bytes + length;
    peer.write(new Uint8Array(length).fill(value));
    await eventually("all is read", () => reader.bytes === all);
  };
  return { peer, transport, reader, send, end: () => void (peer.destroy(), transport.abort()) };
}

/** The values of all bytes that were read, each with how many follow each other. */
function runsOf({ reader: { chunks } }: Pair): [value: number, count: number][] {
  const runs: [number, number][] = [];
  for (const value of chunks.flatMap((chunk) => [...chunk])) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1]++;
    else runs.push([value, 1]);
  }
  return runs;
}

describe("a socket that reads into memory that is used again", () => {
  const kinds = [true, false].flatMap((keeps) =>
    [true, false].map((isSecure) => ({ keeps, isSecure }))
  );
  for (const { keeps, isSecure } of kinds) {
    const how = `${keeps ? "is kept" : "may be used again"}${isSecure ? ", over TLS" : ""}`;
    it(`tells of each chunk what came, if its memory ${how}`, patience, async () => {
      const pairs = [await openPair(keeps, isSecure), await openPair(keeps, isSecure)];
      const sizes = [...Array(MANY).fill(70), 1, 1040, 1041, 70, 5_000, 5_000, 70, 200_000, 70];
      for (const [index, size] of sizes.entries()) {
        // Both have chunks of the same size, one after the other.
        for (const [which, pair] of pairs.entries()) await pair.send(size, 2 * index + which);
      }
      for (const [which, pair] of pairs.entries()) {
        assert.deepEqual(runsOf(pair), sizes.map((size, index) => [2 * index + which, size]));
        pair.end();
      }
    });
  }

  it("has no byte of another in the buffer of a chunk", patience, async () => {
    const pair = await openPair(true);
    for (let index = 0; index < MANY; index++) await pair.send(70 + index, 1);
    for (const { byteLength, buffer } of pair.reader.chunks) {
      assert.equal(buffer.byteLength, byteLength);
    }
    pair.end();
  });

  it("brings nothing while it is paused, then all, and notices the end", patience, async () => {
    const pair = await openPair(false), { peer, transport, reader } = pair;
    for (let index = 0; index < MANY; index++) await pair.send(70, 1);
    const before = reader.bytes;
    transport.pause();
    peer.write(new Uint8Array(300_000).fill(2));
    peer.end(new Uint8Array(10).fill(3));
    assert.equal(await comesToRest(() => reader.bytes), before);
    transport.resume();
    await eventually("the end is told", () => reader.ends === 1);
    assert.deepEqual(runsOf(pair), [[1, before], [2, 300_000], [3, 10]]);
    pair.end();
  });

  it("is told closed while it is paused, if the peer resets", patience, async () => {
    const pair = await openPair(false);
    for (let index = 0; index < MANY; index++) await pair.send(70, 1);
    pair.transport.pause();
    pair.peer.resetAndDestroy();
    await eventually("the close is told", () => pair.reader.closes === 1);
  });
});
