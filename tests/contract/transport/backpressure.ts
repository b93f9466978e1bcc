/**
 * A reader that stops holds the peer back, and the writer is told when there is room again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HIGH_WATER_BYTES } from "../../../src/transport/transport.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { type PairOptions, patience, pause, resume, withPair } from "./pair.ts";
import { comesToRest, nextTurn } from "../../helpers/waiting.ts";

const MIB = 1024 * 1024;
/** Most bytes that sockets, TLS records and one chunk on its way may hold. */
const SLACK_BYTES = 16 * MIB;

/** Declares the tests of backpressure. */
export function testBackpressure(options: PairOptions): void {
  describe("backpressure", () => {
    it("counts waiting bytes, and calls onDrain once when all are sent", patience, async () => {
      let left = -1;
      const clientSink: RecordingSink = new RecordingSink({ onDrain: () => void (left = look()) });
      let look = (): number => -1;
      await withPair({ ...options, clientSink }, async ({ server, client }) => {
        look = () => client.transport.bufferedAmount;
        pause(server);
        clientSink.hush(() => client.writer.write(8 * MIB));
        const waiting = await comesToRest(look);
        assert.ok(waiting > HIGH_WATER_BYTES, `${waiting} bytes wait`);
        client.writer.write(100_000);
        assert.ok(look() >= waiting + 100_000, "grows by what is written");
        assert.equal(clientSink.drains, 0);
        resume(server);
        await clientSink.until(() => clientSink.drains > 0);
        assert.equal(left, 0);
        await server.sink.until(() => server.sink.receivedBytes === 8 * MIB + 100_000);
        client.writer.write(10);
        await server.sink.until(() => server.sink.receivedBytes === 8 * MIB + 100_010);
        await comesToRest(() => clientSink.drains);
        assert.equal(clientSink.drains, 1, "one drain for one excess");
      });
    });

    it(
      "calls onDrain again each time the mark was exceeded",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          for (let round = 1; round <= 3; round++) {
            pause(server);
            client.writer.write(8 * MIB);
            await comesToRest(() => client.transport.bufferedAmount);
            resume(server);
            await client.sink.until(() => client.sink.drains === round);
          }
          await server.sink.until(() => server.sink.receivedBytes === 24 * MIB);
        }),
    );

    it(
      "calls no onDrain for bytes below the mark",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          for (let round = 1; round <= 5; round++) {
            client.writer.write(1000);
            await server.sink.until(() => server.sink.receivedBytes === round * 1000);
          }
          await comesToRest(() => client.sink.drains);
          assert.equal(client.sink.drains, 0);
        }),
    );

    it(
      "calls no onDrain below the mark after an earlier excess",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          client.writer.write(8 * MIB);
          await comesToRest(() => client.transport.bufferedAmount);
          resume(server);
          await server.sink.until(() => server.sink.receivedBytes === 8 * MIB);
          await client.sink.until(() => client.sink.drains === 1);
          pause(server);
          while (client.transport.bufferedAmount === 0) {
            client.writer.write(HIGH_WATER_BYTES / 4);
            await nextTurn();
          }
          resume(server);
          const total = client.writer.writtenBytes;
          await server.sink.until(() => server.sink.receivedBytes === total);
          await comesToRest(() => client.sink.drains);
          assert.equal(client.sink.drains, 1);
        }),
    );

    it(
      "of a paused reader makes the writer hold 64 MiB",
      patience,
      () =>
        withPair(options, async ({ server, client }) => {
          pause(server);
          pause(server);
          for (let times = 0; times < 64; times++) client.writer.write(MIB);
          const waiting = await comesToRest(() => client.transport.bufferedAmount);
          // What has not left the writer cannot fill the reader's memory.
          assert.ok(waiting >= 64 * MIB - SLACK_BYTES, `only ${waiting} bytes wait`);
          assert.equal(client.sink.drains, 0);
          assert.equal(server.sink.receivedBytes, 0);
          resume(server);
          resume(server);
          await server.sink.until(() => server.sink.receivedBytes === 64 * MIB);
          assert.equal(client.sink.drains, 1);
        }),
    );

    it("begins with pause() inside of onChunk: no other chunk comes", patience, async () => {
      const serverSink: RecordingSink = new RecordingSink({ onChunk: () => hold() });
      let hold = (): void => {};
      await withPair({ ...options, serverSink }, async ({ server, client }) => {
        hold = () => pause(server);
        for (let times = 0; times < 32; times++) client.writer.write(MIB);
        const waiting = await comesToRest(() => client.transport.bufferedAmount);
        assert.ok(waiting >= 32 * MIB - SLACK_BYTES, `only ${waiting} bytes wait`);
        assert.equal(serverSink.chunks, 1);
        hold = () => {
          pause(server);
          setImmediate(() => resume(server));
        };
        resume(server);
        await serverSink.until(() => serverSink.receivedBytes === 32 * MIB);
      });
    });

    it("loses no byte after pause() and resume() inside of onChunk", patience, async () => {
      const serverSink: RecordingSink = new RecordingSink({ onChunk: () => blink() });
      let blink = (): void => {};
      await withPair({ ...options, serverSink }, async ({ server, client }) => {
        blink = () => {
          pause(server);
          resume(server);
        };
        client.writer.write(4 * MIB);
        await serverSink.until(() => serverSink.receivedBytes === 4 * MIB);
      });
    });

    it("begins with pause() inside of accept: no chunk comes", patience, async () => {
      const serverSink = new RecordingSink();
      const runtime: PairOptions["runtime"] = {
        dial: (...all) => options.runtime.dial(...all),
        listen: (place, accept) =>
          options.runtime.listen(place, (transport) => {
            accept(transport);
            transport.pause();
            serverSink.paused = true;
          }),
      };
      await withPair({ ...options, runtime, serverSink }, async ({ server, client }) => {
        client.writer.write(8 * MIB);
        await comesToRest(() => client.transport.bufferedAmount);
        assert.equal(serverSink.receivedBytes, 0);
        resume(server);
        await serverSink.until(() => serverSink.receivedBytes === 8 * MIB);
      });
    });
  });
}
