/**
 * Backpressure over real sockets, both ways: who is not read is held back, and loses nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WebSocketConnection } from "../../../mod.ts";
import { filler } from "../../helpers/bits.ts";
import { type Adapter, Log, patience, withServer } from "./host.ts";
import { nextTurn, staysPending } from "../../helpers/waiting.ts";

const CHUNK_BYTES = 65_536;
/** More bytes than the buffers of two systems and two processes hold. */
const MOST_CHUNKS = 1_024;

const CHUNK = filler(CHUNK_BYTES);

/** A message that can be told from the others. */
function numbered(number: number): Uint8Array {
  const chunk = CHUNK.slice();
  new DataView(chunk.buffer).setUint32(0, number);
  return chunk;
}

function numberOf(chunk: Uint8Array): number {
  return new DataView(chunk.buffer, chunk.byteOffset).getUint32(0);
}

/** Sends until the promise stays pending; gives how many were sent, and the promise. */
async function fill(
  connection: WebSocketConnection,
): Promise<{ count: number; pending: Promise<void> }> {
  for (let count = 1; count <= MOST_CHUNKS; count++) {
    const pending = connection.send(numbered(count - 1));
    if (await staysPending(pending)) return { count, pending };
  }
  return assert.fail("never held back");
}

export function testBackpressure(adapter: Adapter): void {
  describe("backpressure", () => {
    if (adapter.features.holdsBack) {
      it("of a slow handler holds the client back, and loses no message", patience, () => {
        const gate = Promise.withResolvers<void>();
        const seen = new Log<number>();
        return withServer(adapter, {
          async message(_connection, message) {
            await gate.promise;
            seen.add(numberOf(message as Uint8Array));
          },
        }, async ({ connect }) => {
          const client = await connect("/", { maxBufferedBytes: Infinity });
          const { count, pending } = await fill(client);
          assert.ok(client.bufferedAmount > 0);
          gate.resolve();
          await pending;
          assert.deepEqual(await seen.until(count), Array.from({ length: count }, (_, i) => i));
          await client.close();
        });
      });

      it("of a session that does not read holds the client back", patience, () => {
        const gate = Promise.withResolvers<void>();
        const seen = new Log<number>();
        return withServer(adapter, {
          async session(connection) {
            await gate.promise;
            for await (const message of connection) seen.add(numberOf(message as Uint8Array));
          },
        }, async ({ connect }) => {
          const client = await connect("/", { maxBufferedBytes: Infinity });
          const { count, pending } = await fill(client);
          gate.resolve();
          await pending;
          assert.deepEqual(await seen.until(count), Array.from({ length: count }, (_, i) => i));
          await client.close();
        });
      });
    }

    it("of a client that does not read holds the server back", patience, () => {
      const sent = new Log<number>();
      return withServer(adapter, {
        async session(connection) {
          const { count, pending } = await fill(connection);
          sent.add(count);
          await pending;
          await connection.close();
        },
      }, async ({ connect }) => {
        const client = await connect();
        const [count] = await sent.until(1);
        for (let i = 0; i < count!; i++) assert.equal(numberOf((await client.readBinary())!), i);
        assert.equal(await client.read(), null);
      });
    });

    it("that send() ignores fails the connection with ERR_SEND_LIMIT", patience, () => {
      const ended = new Log<unknown>();
      return withServer(adapter, {
        async session(connection) {
          while (connection.readyState === 1) {
            for (let i = 0; i < 16; i++) connection.send(CHUNK);
            await nextTurn();
          }
          const { cause } = await connection.closed;
          ended.add((cause as { code?: string }).code);
        },
      }, async ({ connect }) => {
        const client = await connect();
        assert.deepEqual(await ended.until(1), ["ERR_SEND_LIMIT"]);
        client.abort();
      }, { maxBufferedBytes: 2 * 1024 * 1024 });
    });
  });
}
