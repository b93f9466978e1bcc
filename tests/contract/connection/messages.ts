/**
 * Messages over an adapter: whole, large, many, in fragments, and with control frames.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import type { Message } from "../../../mod.ts";
import { fillPattern } from "../../helpers/byte_pattern.ts";
import { rejectsWith } from "../../helpers/connections.ts";
import { type Adapter, ECHO, Log, patience, RawFrames, request, withServer } from "./host.ts";

const MIB = 1024 * 1024;

function patterned(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  fillPattern(bytes, 0, size, 0);
  return bytes;
}

export function testMessages(adapter: Adapter): void {
  const { features } = adapter;

  describe("messages", () => {
    it(
      "of every kind and size come back as they were sent",
      patience,
      () =>
        withServer(adapter, ECHO, async ({ connect }) => {
          const client = await connect();
          const messages: Message[] = ["", "héllo €", new Uint8Array(0)];
          for (const size of [1, 125, 126, 65_535, 65_536, MIB]) messages.push(patterned(size));
          messages.push("€".repeat(MIB / 3));
          for (const message of messages) client.send(message);
          for (const message of messages) assert.deepEqual(await client.read(), message);
          await client.close();
        }),
    );

    it(
      "may have maxMessageBytes, and one byte more fails with 1009",
      patience,
      () =>
        withServer(adapter, ECHO, async ({ connect }) => {
          const client = await connect("/", { maxMessageBytes: 9 * MIB });
          const message = patterned(8 * MIB);
          await client.send(message);
          const echo = await client.readBinary();
          assert.ok(echo !== null && Buffer.from(echo).equals(message));
          client.send(patterned(8 * MIB + 1));
          const { code, initiator } = await client.closed;
          assert.deepEqual([code, initiator], [1009, "remote"]);
        }, { maxMessageBytes: 8 * MIB }),
    );

    it(
      "stay in order, by the thousand",
      patience,
      () =>
        withServer(adapter, ECHO, async ({ connect }) => {
          const client = await connect();
          const count = 5_000;
          for (let i = 0; i < count; i++) client.send(`message ${i}`);
          for (let i = 0; i < count; i++) assert.equal(await client.read(), `message ${i}`);
          await client.close();
        }),
    );

    it(
      "of many connections do not mix",
      patience,
      () =>
        withServer(adapter, ECHO, async ({ connect, connections }) => {
          const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
          assert.equal(connections.size, 100);
          await Promise.all(clients.map(async (client, i) => {
            for (let round = 0; round < 5; round++) client.send(`${i} ${round}`);
            for (let round = 0; round < 5; round++) {
              assert.equal(await client.read(), `${i} ${round}`);
            }
          }));
          await Promise.all(clients.map((client) => client.close()));
        }),
    );
  });

  describe("frames", () => {
    if (!features.frames) {
      it("of this adapter cannot be sent singly: ERR_NOT_SUPPORTED", patience, () => {
        const log = new Log<Promise<void>>();
        return withServer(adapter, {
          session(connection) {
            log.add(rejectsWith(connection.readFragment(), "ERR_NOT_SUPPORTED").then(() => {}));
            log.add(rejectsWith(connection.readStream(), "ERR_NOT_SUPPORTED").then(() => {}));
            log.add(
              rejectsWith(connection.send("a", { final: false }), "ERR_NOT_SUPPORTED").then(
                () => {},
              ),
            );
          },
        }, async ({ connect }) => {
          await connect();
          await Promise.all(await log.until(3));
        });
      });
      return;
    }

    it("carry fragments, with pings between them", patience, () => {
      const fragments = new Log();
      return withServer(adapter, {
        async session(connection) {
          for (let next = await connection.readFragment(); next !== null;) {
            fragments.add(`${next.data} ${next.final}`);
            await connection.send(next.data, { final: next.final });
            next = await connection.readFragment();
          }
        },
      }, async ({ connect }) => {
        const client = await connect();
        client.send("a", { final: false });
        assert.ok(await client.ping() >= 0);
        client.send("b", { final: false });
        client.send("c");
        assert.deepEqual(await fragments.until(3), ["a false", "b false", "c true"]);
        assert.equal(await client.read(), "abc");
        await client.close();
      });
    });

    it("carry a stream that is larger than maxMessageBytes", patience, () =>
      withServer(adapter, {
        async session(connection) {
          const stream = await connection.readStream();
          await connection.send(stream!.readable);
        },
      }, async ({ connect }) => {
        const client = await connect();
        const part = patterned(65_536);
        const sending = client.send((async function* () {
          for (let i = 0; i < 64; i++) yield part;
        })());
        const stream = await client.readStream();
        const reader = (stream!.readable as ReadableStream<Message>).getReader();
        let bytes = 0;
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          bytes += next.value.length;
        }
        await sending;
        assert.equal(bytes, 64 * 65_536);
        assert.equal((await client.closed).code, 1000);
      }));

    it(
      "that come in one packet with the request are read",
      patience,
      () =>
        withServer(adapter, ECHO, async (served) => {
          const client = served.openRaw();
          const frame = Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
          client.socket.write(Buffer.concat([Buffer.from(request()), frame]));
          await client.until(/\r\n\r\n/);
          const frames = new RawFrames(client);
          assert.deepEqual(await frames.frames(1), ['text "hi"']);
          client.socket.destroy();
        }),
    );
  });

  describe("ping", () => {
    if (!features.pings) {
      it("is not possible with this adapter: ERR_NOT_SUPPORTED", patience, () => {
        const log = new Log<Promise<void>>();
        return withServer(adapter, {
          open: (connection) =>
            log.add(rejectsWith(connection.ping(), "ERR_NOT_SUPPORTED").then(() => {})),
        }, async ({ connect }) => {
          await connect();
          await Promise.all(await log.until(1));
        });
      });
      return;
    }

    it("measures the round trip on both sides", patience, () => {
      const trips = new Log<number>();
      return withServer(adapter, {
        open: async (connection) => trips.add(await connection.ping("from the server")),
      }, async ({ connect }) => {
        const client = await connect();
        const trip = await client.ping();
        assert.ok(trip >= 0 && trip < 60_000);
        assert.ok((await trips.until(1))[0]! >= 0);
      });
    });
  });
}
