/**
 * Every way a transport ends: by FIN in one direction, in both, by abort, by loss.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import {
  type End,
  type Pair,
  type PairOptions,
  patience,
  pause,
  resume,
  type TransportFeatures,
  withPair,
} from "./pair.ts";
import { comesToRest, staysPending } from "../../helpers/waiting.ts";

const MIB = 1024 * 1024;

async function closed(...ends: End[]): Promise<void> {
  for (const { sink } of ends) await sink.until(() => sink.closes > 0);
}

/** Ends `first`, then the other, and looks at both. */
async function endBoth(first: End, second: End): Promise<void> {
  first.sink.hush(() => first.transport.end());
  first.transport.end();
  await second.sink.until(() => second.sink.ends === 1);
  second.transport.end();
  await closed(first, second);
  for (const { sink } of [first, second]) {
    assert.equal(sink.cause, undefined);
    assert.equal(sink.ends, 1);
  }
}

/** Declares the tests of half-closed transports. */
function testHalfClose(options: PairOptions): void {
  const sides: [string, (pair: Pair) => [End, End]][] = [
    ["client", ({ client, server }) => [client, server]],
    ["server", ({ client, server }) => [server, client]],
  ];
  for (const [name, order] of sides) {
    it(
      `of the ${name} leaves the other direction open`,
      patience,
      () =>
        withPair(options, async (pair) => {
          const [first, second] = order(pair);
          first.writer.write(1000);
          first.transport.end();
          await second.sink.until(() => second.sink.ends === 1);
          assert.equal(second.sink.receivedBytes, 1000);
          second.writer.write(3 * MIB);
          await first.sink.until(() => first.sink.receivedBytes === 3 * MIB);
          assert.equal(first.sink.closes + second.sink.closes, 0);
          await endBoth(first, second);
        }),
    );
  }

  it(
    "reaches a slow reader after every byte",
    patience,
    () =>
      withPair(options, async ({ server, client }) => {
        pause(server);
        client.writer.write(8 * MIB);
        client.transport.end();
        assert.equal(client.transport.write(new Uint8Array(9), 0, 9), true);
        await comesToRest(() => client.transport.bufferedAmount);
        assert.equal(server.sink.ends, 0);
        resume(server);
        await server.sink.until(() => server.sink.ends === 1);
        assert.equal(server.sink.receivedBytes, 8 * MIB);
        server.writer.write(10);
        await client.sink.until(() => client.sink.receivedBytes === 10);
      }),
  );
}

/** Declares the tests of endings. */
export function testEnding(options: PairOptions, features: TransportFeatures): void {
  describe("end()", () => {
    if (options.place !== "tls" || features.tlsHalfClose !== false) testHalfClose(options);

    it(
      "on both sides closes without a cause",
      patience,
      () => withPair(options, ({ server, client }) => endBoth(client, server)),
    );

    it(
      "of the server, then of the client, closes without a cause",
      patience,
      () => withPair(options, ({ server, client }) => endBoth(server, client)),
    );

    it(
      "on both sides at once closes without a cause",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          client.transport.end();
          server.transport.end();
          await closed(client, server);
          assert.deepEqual([client.sink.cause, server.sink.cause], [undefined, undefined]);
        }),
    );

    it("inside of onEnd closes without a cause", patience, async () => {
      const serverSink: RecordingSink = new RecordingSink({ onEnd: () => answer() });
      let answer = (): void => {};
      await withPair({ ...options, serverSink }, async ({ server, client }) => {
        answer = () => server.transport.end();
        client.writer.write(100_000);
        client.transport.end();
        await closed(client, server);
        assert.equal(serverSink.receivedBytes, 100_000);
        assert.deepEqual([client.sink.cause, serverSink.cause], [undefined, undefined]);
      });
    });

    it(
      "after writes, in both directions, sends every byte",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          for (const { transport, writer } of [client, server]) {
            writer.write(3 * MIB);
            transport.end();
          }
          await closed(client, server);
          assert.equal(client.sink.receivedBytes, 3 * MIB);
          assert.equal(server.sink.receivedBytes, 3 * MIB);
        }),
    );

    it(
      "makes later writes no-ops",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          client.writer.write(10);
          client.transport.end();
          assert.equal(client.transport.write(new Uint8Array(9), 0, 9), true);
          await server.sink.until(() => server.sink.ends === 1);
          server.transport.end();
          await closed(client, server);
          assert.equal(server.sink.receivedBytes, 10);
          for (const { transport } of [client, server]) {
            assert.equal(transport.write(new Uint8Array(9), 0, 9), true);
            transport.pause();
            transport.resume();
            transport.end();
            transport.abort();
          }
        }),
    );

    it(
      "reaches a paused reader after resume(), and after all bytes",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          server.transport.end();
          client.writer.write(1000);
          client.transport.end();
          await comesToRest(() => server.sink.closes);
          assert.deepEqual([server.sink.receivedBytes, server.sink.closes], [0, 0]);
          resume(server);
          await closed(client, server);
          assert.equal(server.sink.receivedBytes, 1000);
          assert.equal(server.sink.ends, 1);
        }),
    );
  });

  describe("abort()", () => {
    for (const name of ["client", "server"] as const) {
      it(`of the ${name} closes both sides`, patience, () =>
        withPair(options, async (pair) => {
          const { transport, sink } = pair[name];
          pair.client.writer.write(10);
          await pair.server.sink.until(() => pair.server.sink.receivedBytes === 10);
          sink.hush(() => transport.abort());
          transport.abort();
          assert.equal(transport.write(new Uint8Array(9), 0, 9), true);
          await sink.until(() => sink.closes === 1);
          assert.equal(sink.cause, undefined, "the controller knows why");
          // A peer that reads a plain FIN may believe in a half-close: then its own end closes.
          const other = pair[name === "client" ? "server" : "client"];
          await other.sink.until(() => other.sink.closes + other.sink.ends > 0);
          other.transport.end();
          await closed(other);
        }));
    }

    it(
      "discards bytes that wait to be sent",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          client.writer.write(32 * MIB);
          client.transport.abort();
          await closed(client);
          resume(server);
          server.transport.end();
          await closed(server);
          assert.ok(server.sink.receivedBytes < 32 * MIB);
        }),
    );

    it("inside of onChunk lets no other chunk come", patience, async () => {
      const serverSink: RecordingSink = new RecordingSink({ onChunk: () => drop() });
      let drop = (): void => {};
      await withPair({ ...options, serverSink }, async ({ server, client }) => {
        drop = () => serverSink.hush(() => server.transport.abort());
        client.writer.write(8 * MIB);
        await closed(server);
        assert.equal(serverSink.chunks, 1);
        client.transport.abort();
        await closed(client);
      });
    });

    for (const event of ["onEnd", "onClose"] as const) {
      it(`inside of ${event} closes once`, patience, async () => {
        const serverSink: RecordingSink = new RecordingSink({ [event]: () => drop() });
        let drop = (): void => {};
        await withPair({ ...options, serverSink }, async ({ server, client }) => {
          drop = () => server.transport.abort();
          pause(server);
          server.transport.end();
          client.writer.write(1000);
          client.transport.end();
          await comesToRest(() => client.transport.bufferedAmount);
          resume(server);
          await closed(server);
          await comesToRest(() => serverSink.closes);
          assert.deepEqual([serverSink.receivedBytes, serverSink.closes], [1000, 1]);
        });
      });
    }

    it(
      "after end() closes at once, without waiting for its output",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          client.writer.write(8 * MIB);
          client.transport.end();
          client.transport.abort();
          assert.equal(
            await staysPending(closed(client), 20_000),
            false,
            "it waits for its output",
          );
          assert.equal(client.transport.bufferedAmount, 0);
          assert.ok(server.sink.receivedBytes < 8 * MIB);
        }),
    );

    it(
      "of a paused transport closes it",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          client.writer.write(100_000);
          await comesToRest(() => client.transport.bufferedAmount);
          server.transport.abort();
          await closed(server);
          client.transport.abort();
          await closed(client);
          assert.equal(server.sink.receivedBytes, 0);
        }),
    );
  });

  describe("a lost peer", () => {
    it(
      "closes both sides, while this side writes too",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(client);
          server.writer.write(8 * MIB);
          await comesToRest(() => server.transport.bufferedAmount);
          assert.equal(server.sink.closes, 0);
          client.transport.abort();
          await closed(client, server);
          assert.equal(server.transport.bufferedAmount, 0);
          assert.deepEqual([client.sink.closes, server.sink.closes], [1, 1]);
        }),
    );

    it(
      "of a paused transport is reported after resume() at the latest",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          client.writer.write(1000);
          await comesToRest(() => client.transport.bufferedAmount);
          client.transport.abort();
          await closed(client);
          resume(server);
          await server.sink.until(() => server.sink.closes + server.sink.ends > 0);
          server.transport.end();
          await closed(server);
          assert.equal(server.sink.closes, 1);
          assert.ok(server.sink.receivedBytes <= 1000);
        }),
    );
  });
}
