/**
 * Bytes of every shape and of another realm, as test runners on `node:vm` have them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { runInNewContext } from "node:vm";
import type { Sendable } from "../../src/handler.ts";
import { itEnds, openPair } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

const ALL = Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
const part = (): ArrayBuffer => ALL.slice(1, 9).buffer;

/** Each has the bytes 1 to 8. */
const SHAPES: Readonly<Record<string, () => Sendable>> = {
  Uint8Array: () => ALL.subarray(1, 9),
  Uint8ClampedArray: () => new Uint8ClampedArray(part()),
  Int8Array: () => new Int8Array(part()),
  Uint16Array: () => new Uint16Array(part()),
  Int16Array: () => new Int16Array(part()),
  Uint32Array: () => new Uint32Array(part()),
  Int32Array: () => new Int32Array(part()),
  Float32Array: () => new Float32Array(part()),
  Float64Array: () => new Float64Array(part()),
  BigInt64Array: () => new BigInt64Array(part()),
  BigUint64Array: () => new BigUint64Array(part()),
  DataView: () => new DataView(ALL.buffer, 1, 8),
  ArrayBuffer: part,
  SharedArrayBuffer: () => {
    const shared = new SharedArrayBuffer(8);
    new Uint8Array(shared).set(ALL.subarray(1, 9));
    return shared;
  },
  Blob: () => new Blob([ALL.subarray(1, 9)]),
  File: () => new File([ALL.subarray(1, 9)], "a"),
};

const inVm = (code: string): () => Sendable => () => runInNewContext(code) as Sendable;
const FOREIGN: Readonly<Record<string, () => Sendable>> = {
  Uint8Array: inVm("Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 9).subarray(1, 9)"),
  ArrayBuffer: inVm("Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer"),
  DataView: inVm("new DataView(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer)"),
  "async iterable": inVm(
    "(async function* () { yield Uint8Array.of(1, 2, 3); yield Uint8Array.of(4, 5, 6, 7, 8); })()",
  ),
};

describe("send takes bytes", () => {
  for (const [realm, shapes] of [["this realm", SHAPES], ["another realm", FOREIGN]] as const) {
    for (const [name, make] of Object.entries(shapes)) {
      itEnds(
        `send takes bytes as ${name} of ${realm}, whole and as a fragment, in order`,
        async () => {
          const { client, server } = await openPair();
          for (const [from, to] of [[client, server], [server, client]] as const) {
            void from.send(make());
            void from.send("between");
            void from.send(make(), { final: false });
            await from.send(make());
            assert.deepEqual(await to.read(), ALL.slice(1, 9));
            assert.equal(await to.read(), "between");
            assert.deepEqual(
              await to.readBinary(),
              Uint8Array.of(...ALL.slice(1, 9), ...ALL.slice(1, 9)),
            );
          }
        },
      );
    }
  }

  itEnds("send takes bytes of an empty Blob as an empty binary message", async () => {
    const { client, server } = await openPair();
    await client.send(new Blob([]));
    assert.deepEqual(await server.read(), new Uint8Array(0));
  });

  itEnds("send takes bytes of every shape in pings", async () => {
    const { client } = await openPair();
    for (const make of [SHAPES.DataView!, SHAPES.ArrayBuffer!, FOREIGN.Uint8Array!]) {
      assert.ok(await client.ping(make() as Uint8Array) >= 0);
    }
  });
});

describe("a producer's Response of another realm", () => {
  itEnds("refuses as one of this realm does", async () => {
    class Response {
      readonly status = 418;
      readonly statusText = "";
      readonly headers = new Headers([["x-mine", "1"]]);
      readonly [Symbol.toStringTag] = "Response";
      arrayBuffer = (): Promise<ArrayBuffer> => Promise.resolve(part());
    }
    const server = new RawServer(() => new Response() as unknown as globalThis.Response);
    const peer = await server.ask(upgradeRequest());
    assert.match(peer.head ?? "", /^HTTP\/1\.1 418 [^]*x-mine: 1/);
  });
});
