/**
 * One peer's work in one turn of the event loop: what is more waits, in order, and nothing is lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import type { MessageHandler } from "../../src/handler.ts";
import type { Platform } from "../../src/framed/platform.ts";
import { INFLATING_WORK, WORK_PER_TURN } from "../../src/connection/work.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { BINARY, frame } from "../conformance/own/frame.ts";
import { bits, concat } from "../helpers/bits.ts";
import { isSettled, itEnds } from "../helpers/connections.ts";
import {
  openToServer,
  RawServer,
  type RawServerOptions,
  upgradeRequest,
} from "../helpers/raw_peer.ts";

/** A platform whose turns the test begins. */
function inTurns(): { platform: Platform; turn: () => Promise<void> } {
  const waiting: (() => void)[] = [];
  return {
    platform: {
      ...testPlatform(),
      deflate: zlibEngine,
      nextTurn: (callback) => void waiting.push(callback),
    },
    async turn() {
      for (const callback of waiting.splice(0)) callback();
      await settle();
    },
  };
}

/** A handler that counts, with a client whose bytes come in one chunk. */
async function openCounting(options: RawServerOptions = {}, more: MessageHandler = {}) {
  const { platform, turn } = inTurns();
  let count = 0;
  const opened = await openToServer(
    { ...more, message: () => void count++ },
    { ...options, platform },
  );
  return { ...opened, turn, count: () => count };
}

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  return concat(Array.from({ length: times }, () => bytes));
}

const MESSAGE = bits('1 000 0001 m 0000001 "a"', "client");
const PING = bits('1 000 1001 m 0000001 "a"', "client");

describe("a turn of the event loop", () => {
  itEnds("has so many messages of one peer, and the rest waits for the next", async () => {
    const { peer, transport, turn, count } = await openCounting();
    peer.write(repeat(MESSAGE, 2 * WORK_PER_TURN + 500));
    await settle();
    assert.ok(count() <= WORK_PER_TURN && count() > WORK_PER_TURN - 10, `${count()}`);
    assert.equal(transport.isPaused, true);
    await turn();
    assert.ok(count() <= 2 * WORK_PER_TURN, `${count()}`);
    await turn();
    await turn();
    assert.equal(count(), 2 * WORK_PER_TURN + 500);
    assert.equal(transport.isPaused, false);
  });

  itEnds("has so many messages of one peer in however many chunks", async () => {
    const { peer, turn, count } = await openCounting();
    for (let i = 0; i < 30; i++) peer.write(repeat(MESSAGE, 100));
    await settle();
    assert.ok(count() <= WORK_PER_TURN, `${count()}`);
    for (let i = 0; i < 4; i++) await turn();
    assert.equal(count(), 3_000);
  });

  itEnds("has so many pings of one peer, each answered in the end", async () => {
    const { peer, turn } = await openCounting();
    peer.write(repeat(PING, 1_500));
    const first = (await peer.frames()).length;
    assert.ok(first <= WORK_PER_TURN, `${first}`);
    for (let i = 0; i < 3; i++) await turn();
    assert.equal(first + (await peer.frames()).length, 1_500);
  });

  itEnds("has so many bytes of a peer that is sent a Close and floods on", async () => {
    const { peer, transport, connection, turn, count } = await openCounting();
    connection.close();
    peer.write(repeat(MESSAGE, 100));
    await settle();
    assert.equal(transport.isPaused, false);
    for (let i = 0; i < 50; i++) peer.write(repeat(MESSAGE, 100));
    await settle();
    assert.equal(transport.isPaused, true);
    peer.write(bits("1 000 1000 m 0000010 x03e8", "client"));
    await settle();
    assert.equal(await isSettled(connection.closed), false);
    await turn();
    assert.equal((await connection.closed).code, 1000);
    assert.equal(count(), 0);
  });

  itEnds("has few messages that have to be inflated, and fewer of large ones", async () => {
    for (const [length, most] of [[1, WORK_PER_TURN / INFLATING_WORK], [500_000, 3]] as const) {
      const { platform, turn } = inTurns();
      let count = 0;
      const server = new RawServer({ message: () => void count++ }, {
        platform,
        server: { compression: true },
      });
      const peer = await server.ask(
        upgradeRequest("Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"),
      );
      const deflated = deflateRawSync(new Uint8Array(length), {
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, -4);
      peer.write(repeat(frame({ opcode: BINARY, payload: deflated, rsv: "100" }, "client"), 40));
      await settle();
      assert.ok(count > 0 && count <= most, `${count}`);
      for (let i = 0; i < 40; i++) await turn();
      assert.equal(count, 40);
    }
  });

  itEnds(
    "a turn of the event loop that is over is followed by the end that came meanwhile",
    async () => {
      const ends: number[] = [];
      const { peer, turn, count } = await openCounting({}, {
        close: (_connection, { code }) => void ends.push(code),
      });
      peer.write(repeat(MESSAGE, 1_500));
      peer.transport.end();
      await settle();
      assert.deepEqual(ends, []);
      for (let i = 0; i < 3; i++) await turn();
      assert.deepEqual([count(), ends], [1_500, [1006]]);
    },
  );

  itEnds("a turn of the event loop is shared by the peers when many of them flood", async () => {
    const { platform, turn } = inTurns();
    const counts = new Map<string, number>();
    const server = new RawServer({
      message(connection) {
        const { url } = connection.request;
        counts.set(url, (counts.get(url) ?? 0) + 1);
      },
    }, { platform });
    const peers = [];
    for (let i = 0; i < 40; i++) {
      peers.push(await server.ask(upgradeRequest().replace("room=1", `room=${i}`)));
    }
    for (const peer of peers) peer.write(repeat(MESSAGE, 5_000));
    await settle();
    counts.clear();
    await turn();
    const most = Math.max(...counts.values());
    assert.ok(most <= WORK_PER_TURN / 8, `${most}`);
    assert.equal(counts.size, 40);
    for (let i = 0; i < 200; i++) await turn();
  });
});
