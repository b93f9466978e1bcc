/**
 * The wire over native WebSockets, alone: times and orders that cannot be forced on a real socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import { type ConnectionLimits, resolveLimits } from "../../src/connection/limits.ts";
import { WHOLE_MESSAGE } from "../../src/protocol/message_options.ts";
import { type NativeSocket, NativeWire } from "../../src/native/native_wire.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";

const KIB = 1024;

/** A native WebSocket that records the calls of its wire. */
class FakeSocket implements NativeSocket {
  readonly name = "a fake";
  readonly remoteAddress = null;
  readonly canSendPlain = false;
  readonly tellsDrain: boolean;
  readonly said: string[] = [];
  looks = 0;
  amount = 0;

  constructor(tellsDrain: boolean) {
    this.tellsDrain = tellsDrain;
  }

  get bufferedAmount(): number {
    this.looks++;
    return this.amount;
  }

  canClose(code: number): boolean {
    return code === 1000;
  }

  send(message: Message): void {
    this.said.push(`send ${message}`);
  }

  close(code: number, reason: string): void {
    this.said.push(`send close ${code} ${reason}`);
  }

  abort(): void {
    this.said.push("drop");
  }
}

/** A wire between a fake socket and a sink that records its events. */
function open(
  {
    tellsDrain = false,
    react = (_wire: NativeWire) => {},
    limits = { maxBufferedBytes: 1000 } as ConnectionLimits,
  } = {},
) {
  const socket = new FakeSocket(tellsDrain);
  const { said } = socket;
  const clock = new VirtualClock();
  const wire = new NativeWire({ socket, clock, limits: resolveLimits(limits) });
  wire.start({
    work: 0,
    beginMessage: () => "message",
    onMessage(message) {
      said.push(`message ${message}`);
      react(wire);
      return true;
    },
    onFragment: () => true,
    onPing: () => void said.push("ping"),
    onPong: () => void said.push("pong"),
    onClose: (code, reason) => void said.push(`close ${code} ${reason}`),
    onViolation: () => void said.push("fail"),
    onActivity: () => {},
    onDrain: () => void said.push("drained"),
    onEnding: () => void said.push("ending"),
    onEnd: () => void said.push("ended"),
    onFailed: ({ code }) => void said.push(`failed ${code}`),
    onClosed: (cause) => void said.push(`lost ${cause}`),
  });
  return { wire, socket, clock, said };
}

describe("NativeWire", () => {
  it("polls bufferedAmount less and less often, and only while senders wait", async () => {
    const { wire, socket, clock, said } = open();
    wire.sendMessage("a", WHOLE_MESSAGE);
    assert.deepEqual([wire.isCongested, clock.pending], [false, 0]);
    socket.amount = 257 * KIB;
    wire.sendMessage("b", WHOLE_MESSAGE);
    wire.sendMessage("c", WHOLE_MESSAGE);
    assert.deepEqual([wire.isCongested, clock.pending], [true, 1]);
    socket.looks = 0;
    await clock.advance(127); // 1 + 2 + 4 + 8 + 16 + 32 + 64
    assert.equal(socket.looks, 7);
    await clock.advance(128);
    assert.equal(socket.looks, 9);
    assert.deepEqual(said, ["send a", "send b", "send c"]);
    socket.amount = 256 * KIB;
    await clock.advance(64);
    assert.deepEqual([said.slice(3), clock.pending], [["drained"], 0]);
    socket.amount = 257 * KIB;
    wire.sendMessage("d", WHOLE_MESSAGE);
    wire.abort("drop");
    assert.equal(clock.pending, 0);
  });

  it("does not poll a socket that tells of its drain", () => {
    const { wire, socket, clock, said } = open({ tellsDrain: true });
    socket.amount = 257 * KIB;
    wire.sendMessage("a", WHOLE_MESSAGE);
    wire.onDrain(); // a part has left
    assert.deepEqual([said, clock.pending], [["send a"], 0]);
    socket.amount = 0;
    wire.onDrain();
    assert.deepEqual(said.slice(1), ["drained"]);
  });

  it("passes on no message after its own Close, and nothing after the end", () => {
    const { wire, said } = open();
    wire.onMessage("a");
    wire.sendClose(1000, "");
    wire.onMessage("b");
    wire.end(); // the Close is sent
    assert.deepEqual(said, ["message a", "send close 1000 "]);
    wire.onClose(1000, "yes");
    wire.onMessage("c");
    wire.onPong(new Uint8Array(0));
    wire.onClosed();
    assert.deepEqual(said.slice(2), ["close 1000 yes", "lost undefined"]);
  });

  it("passes on what arrived while paused before it tells of the end", () => {
    const { wire, said } = open();
    wire.pause();
    wire.onMessage("a");
    wire.onMessage("b");
    assert.deepEqual([said, wire.isPaused], [[], true]);
    wire.onClosed("why");
    assert.deepEqual(said, ["ending", "message a", "message b", "lost why"]);
  });

  it("stops passing on when the sink pauses it again", () => {
    const { wire, said } = open({ react: (wire) => wire.pause() });
    wire.pause();
    for (const message of ["a", "b"]) wire.onMessage(message);
    assert.deepEqual(said, []);
    wire.resume();
    wire.onMessage("c");
    assert.deepEqual(said, ["message a"]);
    wire.resume();
    assert.deepEqual(said, ["message a", "message b"]);
    wire.resume();
    assert.deepEqual(said, ["message a", "message b", "message c"]);
  });

  it("fails with 1008 when too much is unread, after it has passed on every message", async () => {
    const { wire, said } = open();
    wire.pause();
    for (const letter of "abcdefgh") wire.onMessage(letter.repeat(50)); // 64 bytes more for each
    const unread = [..."abcdefg"].map((letter) => `message ${letter.repeat(50)}`);
    assert.deepEqual(said.slice(0, 8), ["ending", ...unread]);
    assert.deepEqual(said.slice(8), ["send close 1008 too much unread", "failed 1008"]);
    said.length = 8;
    wire.resume();
    wire.abort("drop");
    wire.abort("drop");
    assert.deepEqual(said.slice(8), ["drop"]);
    await settle();
    assert.deepEqual(said.slice(9), ["lost undefined"]);
  });

  it("passes unread messages on before a message over the limit fails the connection", () => {
    const { wire, said } = open({ limits: { maxMessageBytes: 3 } });
    wire.pause();
    for (const message of ["a", "b", "four"]) wire.onMessage(message);
    const told = ["ending", "message a", "message b", "send close 1009 message too big"];
    assert.deepEqual(said, [...told, "failed 1009"]);
  });

  it("throws ERR_NOT_SUPPORTED for pings, fragments, compress: false and codes that its socket lacks", () => {
    const { wire, said } = open();
    const unsupported = { code: "ERR_NOT_SUPPORTED" };
    assert.throws(() => wire.sendPing(new Uint8Array(0)), unsupported);
    assert.throws(() => wire.sendPong(new Uint8Array(0)), unsupported);
    assert.throws(() => wire.sendMessage("x", { final: false, compress: true }), unsupported);
    assert.throws(() => wire.sendMessage("x", { final: true, compress: false }), unsupported);
    assert.throws(() => wire.checkClose(1001), unsupported);
    wire.checkClose(1000);
    assert.deepEqual(said, []);
  });
});
