/** Rates over a WebSocket of the platform, which cannot be held back. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WireSink } from "../../src/connection/wire.ts";
import { resolveLimits } from "../../src/connection/limits.ts";
import { type NativeSocket, NativeWire } from "../../src/native/native_wire.ts";
import { PacedWire, type Rates } from "../../src/server/paced_wire.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { quietSink } from "../helpers/quiet_sink.ts";

function open(rates: Partial<Rates>) {
  const clock = new VirtualClock(), said: string[] = [];
  const socket: NativeSocket = {
    name: "a fake",
    remoteAddress: null,
    bufferedAmount: 0,
    tellsDrain: true,
    canSendPlain: true,
    canClose: () => true,
    send() {},
    close: (code) => void said.push(`close ${code}`),
    abort() {},
  };
  const native = new NativeWire({
    socket,
    clock,
    limits: resolveLimits({ maxBufferedBytes: 300 }),
  });
  const sink: WireSink = {
    ...quietSink,
    onMessage: (message) => said.push(`message ${message}`) > 0,
    onFailed: ({ code }) => void said.push(`failed ${code}`),
  };
  const unlimited = {
    messagesPerSecond: Infinity,
    bytesPerSecond: Infinity,
    overRate: "wait",
  } as const;
  new PacedWire(native, { rates: { ...unlimited, ...rates }, clock }).start(sink);
  return { native, clock, said };
}

describe("PacedWire over a native WebSocket", () => {
  it("keeps what comes beyond the rate, and delivers it at the rate", async () => {
    const { native, clock, said } = open({ messagesPerSecond: 2 });
    for (const text of "abcde") native.onMessage(text);
    assert.deepEqual(said, ["message a", "message b", "message c"]);
    await clock.advance(500);
    assert.deepEqual(said.slice(3), ["message d"]);
    await clock.advance(500);
    assert.deepEqual(said.slice(4), ["message e"]);
  });

  it("fails the connection with 1008 when more than maxBufferedBytes is kept", () => {
    const { native, said } = open({ bytesPerSecond: 1 });
    for (const text of "abcdefgh") native.onMessage(text);
    assert.ok(said.includes("failed 1008"), said.join());
  });

  it('fails it at once with "fail"', () => {
    const { native, said } = open({ bytesPerSecond: 2, overRate: "fail" });
    for (const text of "abcd") native.onMessage(text);
    assert.deepEqual(said.slice(0, 4), ["message a", "message b", "close 1008", "failed 1008"]);
    assert.equal(said.filter((line) => line.startsWith("message")).length, 2);
  });
});
