/**
 * Keepalive: who is silent is pinged, and given up; who reads nothing is not to blame the peer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { ReadyState, type WebSocketHandler } from "../../src/handler.ts";
import type { KeepaliveMember } from "../../src/connection/framing.ts";
import { Keepalive } from "../../src/framed/keepalive.ts";
import { HIGH_WATER_BYTES } from "../../src/transport/transport.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { causeCode, idle, isSettled, itEnds } from "../helpers/connections.ts";
import { openToServer, type RawServerOptions } from "../helpers/raw_peer.ts";

/** A peer that says nothing and takes what the test says. */
class SlowMember implements KeepaliveMember {
  wasActive = false;
  silentMs = 0;
  stalledMs = 0;
  takenMark = 0;
  takenPerMs = 0;
  readonly readyState = ReadyState.OPEN;
  readonly reasons: string[] = [];
  pings = 0;
  readonly wire = {
    bufferedAmount: 1_000_000,
    takenBytes: 0,
    isPaused: false,
    sendPing: (): void => {
      this.pings++;
      this.wasActive = true; // it lives
    },
  };

  onKeepaliveTimeout(reason: string): void {
    this.reasons.push(reason);
  }
}

/** Checks are made eight times per interval. */
const STEP = 2_500;

async function open(server: RawServerOptions["server"] = {}) {
  const clock = new VirtualClock();
  const only = { handshakeTimeoutMs: Infinity, ...server }; // no timer but that of keepalive
  return { clock, ...await openToServer(idle(), { clock, server: only }) };
}

describe("keepalive", () => {
  itEnds("pings many connections over several turns of the event loop", async () => {
    const clock = new VirtualClock();
    const watch = new Keepalive(clock, { pingIntervalMs: 20_000, pongTimeoutMs: 20_000 });
    const members = Array.from({ length: 600 }, () => new SlowMember());
    const countPings = () => members.reduce((sum, { pings }) => sum + pings, 0);
    const counts: number[] = [];
    for (const member of members) {
      member.wire.bufferedAmount = 0;
      watch.add(member);
    }
    const { wire } = members[0]!, { sendPing } = wire;
    wire.sendPing = () => {
      sendPing();
      clock.after(0, () => counts.push(countPings())); // as other connections have their turn
    };
    await clock.advance(20_000 - STEP);
    assert.equal(countPings(), 0);
    await clock.advance(STEP);
    assert.deepEqual([countPings(), counts], [600, [256]]);
    for (const member of members) watch.delete(member);
    assert.equal(clock.pending, 0);
  });

  itEnds("pings after 20 s of silence and gives up 20 s later", async () => {
    const { clock, peer, connection } = await open();
    await clock.advance(20_000 - STEP);
    assert.deepEqual(await peer.frames(), []);
    await clock.advance(STEP);
    assert.deepEqual(await peer.frames(), ["ping"]);
    await clock.advance(20_000 - STEP);
    assert.equal(await isSettled(connection.closed), false);
    await clock.advance(STEP);
    const info = await connection.closed;
    assert.equal(causeCode(info), "ERR_KEEPALIVE");
    assert.deepEqual([info.code, info.initiator, info.wasClean], [1006, "transport", false]);
    assert.equal(peer.isClosed, true);
    assert.equal(clock.pending, 0);
  });

  for (
    const [what, drawing] of [
      ["a pong", "1 000 1010 m 0000000"],
      ["a message", '1 000 0001 m 0000001 "a"'],
      ["half a header", ""],
    ] as const
  ) {
    itEnds(`keepalive is content with ${what}, and counts anew`, async () => {
      const { clock, peer, connection } = await open();
      for (let round = 0; round < 3; round++) {
        await clock.advance(35_000);
        assert.equal((await peer.frames()).length, 1);
        if (drawing !== "") peer.send(drawing);
        else if (round === 0) peer.write(Uint8Array.of(0x82));
        else peer.write(round === 1 ? Uint8Array.of(0xfe) : Uint8Array.of(1));
        await clock.advance(STEP);
        assert.deepEqual(await peer.frames(), []);
      }
      assert.equal(await isSettled(connection.closed), false);
    });
  }

  itEnds("does not ping a peer that sends", async () => {
    const { clock, peer } = await open();
    for (let i = 0; i < 10; i++) {
      await clock.advance(15_000);
      peer.send('1 000 0001 m 0000001 "a"');
    }
    assert.deepEqual(await peer.frames(), []);
  });

  itEnds("never fails a peer for our own pause, and counts again when we read", async () => {
    const { clock, peer, connection } = await open();
    peer.send('0 000 0001 m 0000001 "a" | 1 000 0000 m 0000001 "b"'); // waits for a reader
    await clock.advance(599_000);
    assert.equal(await isSettled(connection.closed), false);
    await peer.frames();
    assert.equal(await connection.read(), "ab");
    await clock.advance(20_000);
    assert.deepEqual(await peer.frames(), ["ping"]);
    await clock.advance(20_000);
    assert.equal(causeCode(await connection.closed), "ERR_KEEPALIVE");
  });

  itEnds("forgives a peer that was silent when we paused", async () => {
    const { clock, peer, connection } = await open();
    await clock.advance(35_000); // pinged, and nearly given up
    peer.takeFrames();
    peer.send('0 000 0001 m 0000001 "a" | 1 000 0000 m 0000001 "b"');
    await clock.advance(39_000);
    await connection.read();
    await clock.advance(20_000);
    assert.deepEqual(await peer.frames(), ["ping"]);
    assert.equal(await isSettled(connection.closed), false);
  });

  itEnds(
    "asks a peer that is not read every 40 s: that it is gone shows when something is written",
    async () => {
      const { clock, peer } = await open();
      peer.send('0 000 0001 m 0000001 "a" | 1 000 0000 m 0000001 "b"'); // waits for a reader
      await clock.advance(130_000);
      assert.deepEqual(await peer.frames(), ["ping", "ping", "ping"]);
    },
  );

  for (const isRead of [true, false]) {
    const what = isRead ? "is read" : "is held back";
    itEnds(`gives up a peer that floods, ${what} and takes nothing for 40 s`, async () => {
      const clock = new VirtualClock();
      const handler: WebSocketHandler = isRead
        ? { message: (connection, message) => void connection.send(message) }
        : { message: (connection, message) => connection.send(message) };
      const { peer, connection } = await openToServer(handler, { clock });
      peer.transport.pause();
      for (let i = 0; i < 40; i++) peer.send("1 000 0010 m 1111110 +4000 *16384");
      await clock.advance(40_000 - 2 * STEP);
      assert.equal(connection.bufferedAmount > HIGH_WATER_BYTES, true);
      assert.equal(await isSettled(connection.closed), false);
      await clock.advance(2 * STEP);
      assert.equal(causeCode(await connection.closed), "ERR_KEEPALIVE");
    });
  }

  itEnds(
    "waits for the peer that takes 2 KiB a second, and not for one that takes 100 B",
    async () => {
      for (const [perSecond, isWaitedFor] of [[2_048, true], [100, false]] as const) {
        const clock = new VirtualClock(), member = new SlowMember();
        new Keepalive(clock, { pingIntervalMs: 20_000, pongTimeoutMs: 20_000 }).add(member);
        for (let second = 0; second < 60 && member.reasons.length === 0; second++) {
          member.wire.takenBytes += perSecond;
          await clock.advance(1_000);
        }
        assert.equal(member.reasons.length, isWaitedFor ? 0 : 1);
        assert.equal(member.pings, isWaitedFor ? 0 : 1);
      }
    },
  );

  itEnds(
    "leaves the time to take what the system holds to a peer that was slow before",
    async () => {
      const clock = new VirtualClock(), member = new SlowMember();
      new Keepalive(clock, { pingIntervalMs: 250, pongTimeoutMs: 250 }).add(member);
      for (let i = 0; i < 20; i++) {
        member.wire.takenBytes += 500_000; // 10 MB a second
        await clock.advance(50);
      }
      member.wire.bufferedAmount = 0;
      await clock.advance(600);
      assert.equal(member.pings, 0);
      await clock.advance(200);
      assert.equal(member.pings, 1);
    },
  );

  itEnds("has its own intervals, and Infinity turns it off", async () => {
    const quick = await open({ pingIntervalMs: 800, pongTimeoutMs: 160 });
    await quick.clock.advance(800);
    assert.deepEqual(await quick.peer.frames(), ["ping"]);
    await quick.clock.advance(160);
    assert.equal(causeCode(await quick.connection.closed), "ERR_KEEPALIVE");

    const off = await open({ pingIntervalMs: Infinity });
    assert.equal(off.clock.pending, 0);
    await off.clock.advance(10_000_000);
    assert.deepEqual(await off.peer.frames(), []);

    const patient = await open({ pongTimeoutMs: Infinity });
    await patient.clock.advance(10_000_000);
    assert.equal(await isSettled(patient.connection.closed), false);
    assert.deepEqual(await patient.peer.frames(), ["ping"]);
  });

  itEnds("leaves no timer behind when the last connection is over", async () => {
    const { clock, peer, connection } = await open();
    assert.equal(clock.pending, 1);
    peer.send("1 000 1000 m 0000000");
    await connection.closed;
    assert.equal(clock.pending, 0);
  });
});
