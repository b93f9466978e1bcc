/**
 * How connections over the platform's own `WebSocket` end, and their limits.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { causeCode, idle, itEnds, rejectsWith } from "../../helpers/connections.ts";
import { startDialing } from "./dialing.ts";

describe("the end of a connection of ./web", () => {
  const server = startDialing(), { dial } = server;

  itEnds("gives the side that closed, the code and the reason", async () => {
    const local = await dial(idle());
    const ours = await local.close(3456, "enough");
    const { code, reason, wasClean, initiator } = ours;
    assert.deepEqual([code, reason, wasClean, initiator], [3456, "enough", true, "local"]);
    assert.equal((await server.newest.closed).code, 3456);
    await rejectsWith(local.send("late"), "ERR_CLOSED");

    const remote = await dial(idle());
    server.newest.close(1012, "restart");
    const theirs = await remote.closed;
    assert.deepEqual(
      [theirs.code, theirs.reason, theirs.wasClean, theirs.initiator],
      [1012, "restart", true, "remote"],
    );
    assert.equal(await remote.read(), null);
  });

  itEnds("closes with 1006 when the transport is lost", async () => {
    const connection = await dial(idle());
    server.newest.abort();
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1006, "transport"]);
    assert.equal(causeCode(closing), "ERR_TRANSPORT");
  });

  itEnds("aborts at once", async () => {
    const connection = await dial(idle());
    const cause = new Error("why");
    connection.abort(cause);
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1006, "local"]);
    assert.equal(causeCode(closing), "ERR_ABORTED");
    assert.equal((await server.newest.closed).code, "Bun" in globalThis ? 1006 : 4006);
  });

  itEnds("closes with 1011 if the handler throws, and sends 4011", async () => {
    const errors: unknown[] = [];
    const failure = new Error("of the handler");
    const connection = await dial({ open: (connection) => connection.send("go") }, {
      handler: {
        message() {
          throw failure;
        },
      },
      onError: (error) => errors.push(error),
    });
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator, closing.cause], [1011, "local", failure]);
    assert.deepEqual(errors, [failure]);
    assert.equal((await server.newest.closed).code, 4011);
  });

  itEnds("fails with 1009 for a message over the limit", async () => {
    for (const message of [new Uint8Array(101), "é".repeat(51)]) {
      const connection = await dial({ open: (connection) => connection.send(message) }, {
        maxMessageBytes: 100,
      });
      const closing = await connection.closed;
      assert.deepEqual([closing.code, closing.initiator], [1009, "local"]);
      assert.equal(causeCode(closing), "ERR_MESSAGE_TOO_BIG");
      assert.equal((await server.newest.closed).code, 4009);
    }
    const fits = await dial({ open: (connection) => connection.send("é".repeat(50)) }, {
      maxMessageBytes: 100,
    });
    assert.equal(await fits.readText(), "é".repeat(50));
    await fits.close();
  });

  itEnds("fails with 1008 when unread messages exceed maxBufferedBytes", async () => {
    const connection = await dial({
      async session(connection) {
        for (;;) await connection.send(new Uint8Array(60_000));
      },
    }, { maxBufferedBytes: 500_000 });
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1008, "local"]);
    assert.equal(causeCode(closing), "ERR_RECEIVE_LIMIT");
    assert.equal((await server.newest.closed).code, 4008);
  });

  itEnds("delivers every message that came before the end", async () => {
    const connection = await dial({
      async session(connection) {
        for (let index = 0; index < 20; index++) await connection.send(`${index}`.repeat(50_000));
      },
    });
    await connection.closed;
    for (let index = 0; index < 20; index++) {
      assert.equal(await connection.readText(), `${index}`.repeat(50_000));
    }
    assert.equal(await connection.read(), null);
  });
});
