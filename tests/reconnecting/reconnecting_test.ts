/**
 * Connection after connection: delays, what ends them, and what gives up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import {
  type ReconnectingOptions,
  startReconnecting,
} from "../../src/reconnecting/reconnecting.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { idle, isSettled, itEnds } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";
import { holdAndCut, next, refusal, start } from "./started.ts";

describe("reconnecting", () => {
  itEnds("gives one ordinary connection after the other", async () => {
    const started = start();
    const first = await next(started);
    assert.equal(first.readyState, 1);
    await holdAndCut(started);
    assert.equal((await first.closed).code, 1006);
    const second = next(started);
    await started.network.clock.advance(499);
    assert.equal(await isSettled(second), false);
    await started.network.clock.advance(1);
    assert.notEqual(await second, first);
    assert.deepEqual(started.attempts.map(({ attempt, delayMs }) => [attempt, delayMs]), [
      [1, 0],
      [1, 500],
    ]);
    assert.deepEqual(started.attempts.map(({ cause }) => cause), [undefined, await first.closed]);
    await started.connections.return();
    assert.equal((await (await second).closed).code, 1000);
    await started.network.clock.advance(10_000); // the server's sweep for handshakes
    assert.equal(started.network.clock.pending, 0, "a timer is left");
  });

  itEnds("waits for the end of a connection that the loop has left open", async () => {
    const started = start();
    await next(started);
    const second = next(started);
    await started.network.clock.advance(60_000);
    assert.equal(await isSettled(second), false);
    assert.equal(started.network.dials, 1);
    started.network.cut();
    await started.network.clock.advance(1_000);
    await second;
    await started.connections.return();
  });

  itEnds(
    "doubles the delays up to the cap, and begins anew after a connection has held",
    async () => {
      const started = start({ firstDelayMs: 1_000, maxDelayMs: 8_000 });
      started.host.chance = 0.999_999;
      await next(started);
      await holdAndCut(started);
      started.network.isUp = false;
      const second = next(started);
      await started.network.clock.advance(33_000);
      const delays = () => started.attempts.splice(0).map(({ delayMs }) => Math.round(delayMs));
      assert.deepEqual(delays(), [0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
      started.network.isUp = true;
      await started.network.clock.advance(8_000);
      await second;
      await holdAndCut(started);
      const third = next(started);
      await started.network.clock.advance(1_000);
      await third;
      assert.deepEqual(delays(), [1_000]);
      await started.network.clock.advance(9_999); // one millisecond too short
      started.network.cut();
      const fourth = next(started);
      await started.network.clock.advance(2_000);
      await fourth;
      assert.deepEqual(delays(), [2_000]);
      await started.connections.return();
    },
  );

  itEnds("draws its delays: full jitter", async () => {
    for (const chance of [0, 0.25, 0.75]) {
      const started = start();
      await next(started);
      started.host.chance = chance;
      await holdAndCut(started);
      const second = next(started);
      await started.network.clock.advance(1_000);
      await second;
      assert.equal(started.attempts[1]?.delayMs, chance * 1_000);
      await started.connections.return();
    }
  });

  itEnds("waits as long as Retry-After says, in seconds or until a date, and jitter", async () => {
    for (const value of ["120", new Date(120_000).toUTCString()]) {
      const started = start();
      started.network.answers = [refusal(503, `Retry-After: ${value}`)];
      const first = next(started);
      await started.network.clock.advance(120_999);
      assert.equal(started.network.dials, 1);
      await started.network.clock.advance(1);
      await first;
      assert.equal(started.attempts[1]?.delayMs, 121_000); // failures: 1, half of 2,000
      await started.connections.return();
    }
  });

  itEnds("waits 5 to 30 s after 1012, and 15 to 30 s after 1013", async () => {
    for (
      const [code, chance, delayMs] of [[1012, 0, 5_000], [1012, 1, 30_000], [1013, 0, 15_000]]
    ) {
      const started = start();
      await next(started);
      started.host.chance = chance!;
      started.network.connections[0]!.close(code);
      const second = next(started);
      await started.network.clock.advance(30_000);
      await second;
      assert.equal(started.attempts[1]?.delayMs, delayMs);
      await started.connections.return();
    }
  });

  itEnds("reconnecting is ended by its signal while it waits, with the reason", async () => {
    const stop = new AbortController();
    const started = start({ signal: stop.signal });
    started.network.isUp = false;
    const first = started.connections.next();
    await settle();
    const reason = new Error("enough");
    stop.abort(reason);
    await assert.rejects(first, (error) => error === reason);
    assert.equal(started.network.clock.pending, 0);
  });

  itEnds("closes the connection of the moment when its signal is aborted", async () => {
    const stop = new AbortController();
    const started = start({ signal: stop.signal });
    const connection = await next(started);
    const reason = new Error("enough");
    stop.abort(reason);
    assert.equal((await connection.closed).code, 1000);
    await assert.rejects(started.connections.next(), (error) => error === reason);
  });

  itEnds("asks for URL, header fields and subprotocols anew for each attempt", async () => {
    let attempt = 0;
    const seen: string[] = [];
    const network = new MemoryNetwork((request, protocols) => {
      const { pathname } = new URL(request.url);
      seen.push(`${pathname} ${request.headers.get("authorization")} ${protocols}`);
      return idle();
    });
    const host = makeTestHost(network);
    const connections = startReconnecting(host, () => `ws://test/${++attempt}`, {
      headers: () => Promise.resolve({ Authorization: `token ${attempt}` }),
      protocols: () => [`v${attempt}`],
      allowNoProtocol: true,
    });
    await connections.next();
    network.cut();
    const second = connections.next();
    await network.clock.advance(2_000);
    await second;
    assert.deepEqual(seen, ["/1 token 1 v1", "/2 token 2 v2"]);
    await connections.return();
  });

  itEnds("takes the failure of such a function for that of an attempt", async () => {
    const fault = new TypeError("fetch failed");
    let calls = 0;
    const started = start({
      headers: () => calls++ === 0 ? Promise.reject(fault) : {},
    });
    const first = next(started);
    await started.network.clock.advance(2_000);
    await first;
    const { cause } = started.attempts[1]!;
    assert.ok(cause instanceof WebSocketError && cause.cause === fault);
    await started.connections.return();
  });

  itEnds("tries at once at a sign of the platform, and when the machine has slept", async () => {
    const started = start();
    started.network.isUp = false;
    started.host.chance = 1;
    const first = next(started);
    await started.network.clock.advance(1_999);
    assert.equal(started.network.dials, 1);
    started.host.sign();
    await settle();
    assert.equal(started.network.dials, 2);
    await started.network.clock.advance(4_000);
    await started.network.clock.advance(8_000);
    assert.equal(started.network.dials, 4); // and now 16 s to wait
    started.host.sleptMs += 3_600_000;
    started.network.isUp = true;
    await started.network.clock.advance(5_000);
    await first;
    await started.connections.return();
    await started.network.clock.advance(10_000);
    assert.equal(started.network.clock.pending, 0);
  });

  itEnds("asks a connection for a sign of life after the machine has slept", async () => {
    const started = start({ pingIntervalMs: Infinity });
    const alive = await next(started);
    started.host.sleptMs += 60_000;
    await started.network.clock.advance(20_000);
    assert.equal(alive.readyState, 1);
    started.network.transports[0]!.pause(); // nothing comes through any more
    started.host.sleptMs += 60_000;
    await started.network.clock.advance(10_000);
    const { cause } = (await alive.closed).cause as WebSocketError;
    assert.ok(cause instanceof WebSocketError && cause.code === "ERR_KEEPALIVE");
    await started.connections.return();
  });

  itEnds("throws for wrong options, at the call", () => {
    for (
      const [options, error] of [
        [{ firstDelayMs: -1 }, RangeError],
        [{ maxAttempts: 0 }, RangeError],
        [{ onAttempt: "x" }, TypeError],
      ] as const
    ) assert.throws(() => start(options as ReconnectingOptions), error);
    return Promise.resolve();
  });

  itEnds("gives up at once on a wrong option of connect", async () => {
    const started = start({ maxMessageBytes: -1 });
    await assert.rejects(started.connections.next(), RangeError);
  });
});
