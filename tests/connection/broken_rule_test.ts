/**
 * What came before a broken rule may be answered, however its bytes arrive.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketHandler } from "../../src/handler.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { bits, concat } from "../helpers/bits.ts";
import { isSettled, itEnds, itSplit } from "../helpers/connections.ts";
import { acceptance, openToServer, startRawClient } from "../helpers/raw_peer.ts";

const ONE = '1 000 0001 m 0000011 "one"';
const TWO = '1 000 0001 m 0000011 "two"';
const BROKEN = '1 010 0001 m 0000011 "bad"'; // RSV2

const HANDLERS: Readonly<Record<string, () => WebSocketHandler>> = {
  "that reads": () => ({
    async session(connection) {
      for await (const message of connection) await connection.send(message);
    },
  }),
  "that is fed": () => ({ message: (connection, message) => connection.send(message) }),
  "that is fed and waits a little": () => ({
    async message(connection, message) {
      await null;
      await connection.send(message);
    },
  }),
};

describe("a broken rule", () => {
  for (const [name, make] of Object.entries(HANDLERS)) {
    itSplit(`comes after what a handler ${name} says to the messages before it`, async (split) => {
      const clock = new VirtualClock();
      const { peer, connection } = await openToServer(make(), { clock, split });
      peer.send([ONE, TWO, BROKEN, ONE].join(" | "));
      await clock.advance(0);
      const [first, second, close, ...more] = await peer.frames();
      assert.deepEqual([first, second], ['text "one"', 'text "two"']);
      assert.match(close ?? "", /^close 1002/);
      assert.deepEqual(more, []);
      assert.equal((await connection.closed).code, 1002);
    });
  }

  for (const reads of [0, 1]) {
    itEnds(`waits no longer than this turn for one who stops after ${reads} reads`, async () => {
      const clock = new VirtualClock();
      const { peer, connection } = await openToServer({
        session: async (connection) => {
          for (let i = 0; i < reads; i++) await connection.read();
          await connection.closed;
        },
      }, { clock });
      peer.send(`${ONE} | ${BROKEN}`);
      assert.equal(await isSettled(connection.closed), false);
      await clock.advance(0);
      assert.match((await peer.frames())[0] ?? "", /^close 1002/);
      assert.equal((await connection.closed).code, 1002);
    });
  }

  itEnds("comes after what a session says to messages that came with the handshake", async () => {
    const handler = HANDLERS["that reads"]!();
    const { peer, opened } = await startRawClient({ client: { handler } });
    const head = new TextEncoder().encode(acceptance(peer));
    peer.write(concat([head, bits(`${ONE} | ${BROKEN}`, "server")]));
    const connection = await opened;
    const [echo, close] = await peer.frames();
    assert.equal(echo, 'text "one"');
    assert.match(close ?? "", /^close 1002/);
    assert.equal((await connection.closed).code, 1002);
  });

  itEnds("does not wait when the peer has gone", async () => {
    const { peer, connection } = await openToServer({
      session: async (connection) => {
        await connection.read();
        await connection.closed;
      },
    }, { clock: new VirtualClock() }); // which stands still
    peer.send(`${ONE} | ${BROKEN}`);
    await isSettled(connection.closed);
    peer.transport.abort();
    assert.equal((await connection.closed).code, 1002);
  });

  itEnds("a broken rule is overtaken by a Close of ours", async () => {
    const { peer, connection } = await openToServer({
      async session(connection) {
        await connection.read();
        await connection.close(4000, "enough");
      },
    }, { clock: new VirtualClock() });
    peer.send(`${ONE} | ${BROKEN}`);
    assert.deepEqual(await peer.frames(), ['close 4000 "enough"']);
    assert.equal((await connection.closed).code, 1002);
  });
});
