/**
 * Bytes arrive whole, in order, and belong to whom the contract says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeRandom } from "../../helpers/byte_pattern.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { makeEnd, type PairOptions, patience, pause, resume, withPair } from "./pair.ts";

const MIB = 1024 * 1024;

/** Declares the tests of bytes. */
export function testBytes(options: PairOptions): void {
  describe("bytes", () => {
    it("written in pieces of any size come back from an echo unchanged", patience, async () => {
      const serverSink: RecordingSink = new RecordingSink({
        onChunk: (chunk) => void echo(chunk),
      });
      let echo: (chunk: Uint8Array) => void = () => {};
      await withPair({ ...options, serverSink }, async ({ server, client }) => {
        echo = (chunk) => server.transport.write(chunk, 0, chunk.length);
        const random = makeRandom(1);
        const total = 6 * MIB + 1;
        await client.writer.writeAll(
          client.sink,
          total,
          () => 1 + Math.floor(2 ** (random() * 18)),
        );
        await client.sink.until(() => client.sink.receivedBytes === total);
        assert.equal(serverSink.receivedBytes, total);
      });
    });

    it("go in both directions at the same time", patience, () =>
      withPair(options, async (pair) => {
        const random = makeRandom(2);
        const total = 4 * MIB;
        const ends = [pair.server, pair.client];
        await Promise.all(ends.map(({ writer, sink }) =>
          writer.writeAll(sink, total, () => 1 + Math.floor(random() * 100_000))
        ));
        for (const { sink } of ends) {
          await sink.until(() =>
            sink.receivedBytes === total
          );
        }
      }));

    it(
      "written in one turn arrive in order",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          for (let size = 1; size <= 600; size++) client.writer.write(size);
          await server.sink.until(() => server.sink.receivedBytes === client.writer.writtenBytes);
        }),
    );

    it("written inside of accept reach the client", patience, async () => {
      const clientSink = new RecordingSink();
      const serverSink = new RecordingSink();
      const runtime: PairOptions["runtime"] = {
        dial: (...all) => options.runtime.dial(...all),
        listen: (place, accept) =>
          options.runtime.listen(place, (transport) => {
            accept(transport);
            makeEnd(transport, serverSink).writer.write(1000);
          }),
      };
      await withPair({ ...options, runtime, serverSink, clientSink }, async () => {
        await clientSink.until(() => clientSink.receivedBytes === 1000);
      });
    });

    it(
      "of an empty range make no chunk",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          assert.equal(client.transport.write(new Uint8Array(8), 4, 4), true);
          client.writer.write(1);
          await server.sink.until(() => server.sink.receivedBytes === 1);
          assert.equal(client.transport.bufferedAmount, 0);
        }),
    );

    it(
      "reach the sink that is set when they arrive",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          client.writer.write(10);
          await server.sink.until(() => server.sink.receivedBytes === 10);
          const second = new RecordingSink({ onChunk: () => {} });
          server.transport.sink = second;
          client.transport.write(new Uint8Array(5), 0, 5);
          await second.until(() => second.receivedBytes === 5);
          server.transport.sink = server.sink;
          assert.equal(server.sink.receivedBytes, 10);
        }),
    );

    it(
      "may be overwritten when write returned true, under backpressure too",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          for (const size of [1, 100, 4096, 65_536, 300_000, MIB]) {
            for (let times = 0; times < 6; times++) client.writer.write(size);
          }
          assert.ok(client.transport.bufferedAmount > MIB);
          resume(server);
          await server.sink.until(() => server.sink.receivedBytes === client.writer.writtenBytes);
          assert.equal(client.transport.bufferedAmount, 0);
        }),
    );
  });
}
