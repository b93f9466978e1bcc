/** The wire over native WebSockets, alone: time and order that no real socket can be made to show. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import { resolveLimits } from "../../src/connection/limits.ts";
import { WHOLE_MESSAGE } from "../../src/protocol/message_writer.ts";
import { type NativeSocket, NativeWire } from "../../src/native/native_wire.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";

const KIB = 1024;

/** A native WebSocket that writes down what it is asked for. */
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

/** A wire between a fake socket and a sink that writes down what it is told. */
function open({ tellsDrain = false, react = (_wire: NativeWire) => {} } = {}) {
  const socket = new FakeSocket(tellsDrain);
  const { said } = socket;
  const clock = new VirtualClock();
  const wire = new NativeWire({ socket, clock, limits: resolveLimits({ maxBufferedBytes: 1000 }) });
  wire.start({
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
    heard: () => {},
    drained: () => void said.push("drained"),
    ending: () => void said.push("ending"),
    ended: () => void said.push("ended"),
    failed: ({ code }) => void said.push(`failed ${code}`),
    lost: (cause) => void said.push(`lost ${cause}`),
  });
  return { wire, socket, clock, said };
}

describe("NativeWire", () => {
  it("looks for room less and less often, and only while senders wait", async () => {
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

  it("looks for nothing where the platform tells", () => {
    const { wire, socket, clock, said } = open({ tellsDrain: true });
    socket.amount = 257 * KIB;
    wire.sendMessage("a", WHOLE_MESSAGE);
    wire.drained(); // a part has left
    assert.deepEqual([said, clock.pending], [["send a"], 0]);
    socket.amount = 0;
    wire.drained();
    assert.deepEqual(said.slice(1), ["drained"]);
  });

  it("hears no message after its own Close, or when it is over", () => {
    const { wire, said } = open();
    wire.message("a");
    wire.sendClose(1000, "");
    wire.message("b");
    wire.end(); // the Close is sent
    assert.deepEqual(said, ["message a", "send close 1000 "]);
    wire.over((sink) => sink.onClose(1000, "yes"));
    wire.message("c");
    wire.tell((sink) => sink.onPong(new Uint8Array(0)));
    wire.over(null);
    assert.deepEqual(said.slice(2), ["close 1000 yes", "lost undefined"]);
  });

  it("gives what it held before it tells of the end", () => {
    const { wire, said } = open();
    wire.hold();
    wire.message("a");
    wire.message("b");
    assert.deepEqual([said, wire.isHeld], [[], true]);
    wire.over(null, "why");
    assert.deepEqual(said, ["ending", "message a", "message b", "lost why"]);
  });

  it("stops to give what it held when it is held again", () => {
    const { wire, said } = open({ react: (wire) => wire.hold() });
    wire.hold();
    for (const message of ["a", "b"]) wire.message(message);
    assert.deepEqual(said, []);
    wire.resume();
    wire.message("c");
    assert.deepEqual(said, ["message a"]);
    wire.resume();
    assert.deepEqual(said, ["message a", "message b"]);
    wire.resume();
    assert.deepEqual(said, ["message a", "message b", "message c"]);
  });

  it("fails once when too much is unread, and holds no more", async () => {
    const { wire, said } = open();
    wire.hold();
    for (let count = 0; count < 9; count++) wire.message(new Uint8Array(100));
    assert.deepEqual(said, ["send close 1008 too much unread", "failed 1008"]);
    wire.resume();
    wire.abort("drop");
    wire.abort("drop");
    assert.deepEqual(said.slice(2), ["drop"]);
    await settle();
    assert.deepEqual(said.slice(3), ["lost undefined"]);
  });

  it("says what it cannot do", () => {
    const { wire, said } = open();
    const unsupported = { code: "ERR_NOT_SUPPORTED" };
    assert.throws(() => wire.sendPing(new Uint8Array(0)), unsupported);
    assert.throws(() => wire.sendPong(new Uint8Array(0)), unsupported);
    assert.throws(() => wire.sendMessage("x", { final: false, compress: true }), unsupported);
    assert.throws(() => wire.sendMessage("x", { final: true, compress: false }), unsupported);
    assert.throws(() => wire.checkClose(1001, ""), unsupported);
    wire.checkClose(1000, "");
    assert.deepEqual(said, []);
  });
});
