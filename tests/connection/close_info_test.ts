/**
 * Every way in which a connection can end, and what `CloseInfo` says of it. A bare 1006
 * with no cause is a defect.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { CloseInfo } from "../../src/handler.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  causeCode,
  idle,
  itEnds,
  itSplit,
  openPair,
  readAll,
  underCause,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

/** `code initiator clean`, and the code of the cause if there is one. */
function sum(info: CloseInfo): string {
  const { code, initiator, wasClean, cause } = info;
  const why = cause === undefined ? "" : ` ${causeCode(info)}`;
  return `${code} ${initiator} ${wasClean ? "clean" : "cut"}${why}`;
}

describe("CloseInfo", () => {
  itSplit("CloseInfo names the own side on both sides when they close at once", async (split) => {
    const { client, server } = await openPair({ split });
    const infos = await Promise.all([client.close(4001, "c"), server.close(4002, "s")]);
    assert.deepEqual(infos.map(sum), ["4001 local clean", "4002 local clean"]);
    assert.deepEqual(infos.map(({ reason }) => reason), ["c", "s"]);
  });

  itEnds("CloseInfo has our code when the peer answers with another", async () => {
    const { peer, connection } = await openToServer(idle());
    const closing = connection.close(4001, "ours");
    peer.send('1 000 1000 m 0001000 x0fa2 "theirs"');
    assert.equal(sum(await closing), "4001 local clean");
  });

  for (
    const [rule, drawing, expected] of [
      ["a reserved opcode", "1 000 0011 m 0000000", "1002 local cut ERR_PROTOCOL"],
      ["text that is not UTF-8", "1 000 0001 m 0000001 xff", "1007 local cut ERR_PROTOCOL"],
      [
        "a message too big",
        "1 000 0010 m 1111110 +0400 *1024",
        "1009 local cut ERR_MESSAGE_TOO_BIG",
      ],
      ["a Close with a bad code", "1 000 1000 m 0000010 x03ed", "1002 local cut ERR_PROTOCOL"],
    ] as const
  ) {
    itSplit(`CloseInfo names the rule: ${rule}`, async (split) => {
      const server = { maxMessageBytes: 1_000 };
      const { peer, connection } = await openToServer(idle(), { split, server });
      const read = connection.read();
      peer.send(drawing);
      const info = await connection.closed;
      assert.equal(sum(info), expected);
      assert.match((await peer.frames()).join(), new RegExp(`^close ${info.code} "`));
      assert.notEqual(info.reason, "");
      assert.equal(await read, null);
    });
  }

  itEnds("CloseInfo of a rule broken after our own Close names the rule", async () => {
    const { peer, connection } = await openToServer(idle());
    const closing = connection.close(4000);
    peer.send("1 000 0011 m 0000000");
    assert.equal(sum(await closing), "1002 local cut ERR_PROTOCOL");
  });

  itEnds("CloseInfo of a lost transport has what the system said under its cause", async () => {
    const { client, server, transports } = await openPair();
    const reason = new Error("ECONNRESET");
    transports.client.lose(reason);
    for (const connection of [client, server]) {
      const info = await connection.closed;
      assert.equal(sum(info), "1006 transport cut ERR_TRANSPORT");
      assert.equal(underCause(info), reason);
    }
  });

  itEnds("CloseInfo of a transport lost in silence has a cause, too", async () => {
    const { client, server, transports } = await openPair();
    transports.server.abort();
    assert.equal(sum(await client.closed), "1006 transport cut ERR_TRANSPORT");
    assert.equal(sum(await server.closed), "1006 transport cut ERR_TRANSPORT");
  });

  itSplit("CloseInfo of a FIN without Close is 1006 with ERR_TRANSPORT", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('1 000 0001 m 0000001 "a" | 0 000 0001 m 0000001 "b"');
    peer.transport.end();
    assert.deepEqual(await readAll(connection), ["a"]);
    assert.equal(sum(await connection.closed), "1006 transport cut ERR_TRANSPORT");
  });

  itEnds("CloseInfo of a transport that is lost while we close is not clean", async () => {
    const { peer, connection } = await openToServer(idle());
    const closing = connection.close(4000);
    peer.transport.lose(new Error("reset"));
    assert.equal(sum(await closing), "1006 transport cut ERR_TRANSPORT");
  });

  itEnds("CloseInfo of a transport lost behind both Closes is clean all the same", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.endsToo = false;
    peer.send("1 000 1000 m 0000010 x03e8");
    await settle();
    peer.transport.lose(new Error("reset"));
    assert.equal(sum(await connection.closed), "1000 remote clean");
  });

  itEnds("CloseInfo of abort() has the caller's cause under it", async () => {
    const { client, server } = await openPair();
    const cause = new Error("mine");
    client.abort(cause);
    const info = await client.closed;
    assert.equal(sum(info), "1006 local cut ERR_ABORTED");
    assert.equal(underCause(info), cause);
    assert.equal(sum(await server.closed), "1006 transport cut ERR_TRANSPORT");
    client.abort(new Error("late"));
    assert.equal(await client.closed, info);
  });

  itEnds("CloseInfo of abort() while closing is ERR_ABORTED", async () => {
    const { connection } = await openToServer(idle());
    const closing = connection.close();
    connection.abort();
    assert.equal(sum(await closing), "1006 local cut ERR_ABORTED");
  });

  itEnds("CloseInfo of a peer that does not answer our Close is ERR_CLOSE_TIMEOUT", async () => {
    const clock = new VirtualClock();
    const { connection } = await openToServer(idle(), { clock });
    const closing = connection.close();
    await clock.advance(4_999);
    assert.equal(connection.readyState, 2);
    await clock.advance(1);
    assert.equal(sum(await closing), "1006 local cut ERR_CLOSE_TIMEOUT");
  });

  itEnds("CloseInfo of a peer that answers, but keeps the transport, is clean", async () => {
    const clock = new VirtualClock();
    const { peer, connection } = await openToServer(idle(), { clock });
    peer.endsToo = false;
    peer.send("1 000 1000 m 0000010 x03e8");
    await clock.advance(5_000);
    assert.equal(sum(await connection.closed), "1000 remote clean");
    assert.equal(peer.isClosed, true);
  });

  itEnds("CloseInfo of a timeout has the handler's error under it, if there was one", async () => {
    const clock = new VirtualClock();
    const mine = new Error("mine");
    const { connection } = await openToServer({
      session: () => Promise.reject(mine),
    }, { clock, server: { onError() {} } });
    await clock.advance(5_000);
    const info = await connection.closed;
    assert.equal(sum(info), "1006 local cut ERR_CLOSE_TIMEOUT");
    assert.equal(underCause(info), mine);
  });

  itEnds("a close timeout of Infinity waits for the peer without end", async () => {
    const clock = new VirtualClock();
    const server = { closeTimeoutMs: Infinity, pingIntervalMs: Infinity };
    const { peer, connection } = await openToServer(idle(), { clock, server });
    const closing = connection.close();
    await clock.advance(1e9);
    peer.send("1 000 1000 m 0000010 x03e8");
    assert.equal(sum(await closing), "1000 local clean");
  });

  itEnds("CloseInfo of a sender beyond maxBufferedBytes is ERR_SEND_LIMIT", async () => {
    const { server, transports } = await openPair({ server: { maxBufferedBytes: 200_000 } });
    transports.client.pause();
    for (let i = 0; i < 20; i++) server.send(filler(65_536));
    assert.equal(sum(await server.closed), "1006 local cut ERR_SEND_LIMIT");
  });
});
