/**
 * `close()`, `terminate()` and the end of a `WebSocket`, by the WebSockets standard, sections 3.1
 * and 4.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import type { WebSocket } from "../../src/websocket/websocket.ts";
import { openRawSocket, type RawSocket, rest } from "../helpers/raw_sockets.ts";

function closeWith(socket: WebSocket, ...args: unknown[]): void {
  Reflect.apply(socket.close, socket, args);
}

const named = (name: string) => (error: unknown): boolean =>
  error instanceof DOMException && error.name === name;

/** The peer's last frames and the end of its transport; waits for the close event. */
async function end({ socket, peer }: RawSocket, drawing: string): Promise<void> {
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  peer.send(drawing);
  peer.transport.end();
  await closed;
}

describe("the arguments of close()", () => {
  it("throw InvalidAccessError for a code other than 1000 and 3000 to 4999", async () => {
    const { socket, peer } = await openRawSocket();
    const wrong = [0, 999, 1001, 1005, 1006, 1015, 2999, 5000, 65535, -1, 1e9, NaN, null, "a", {}];
    for (const code of [...wrong, Infinity, -Infinity, 999.4, 1000.6, true]) {
      assert.throws(() => closeWith(socket, code), named("InvalidAccessError"), String(code));
    }
    assert.equal(socket.readyState, 1);
    await rest();
    assert.deepEqual(peer.takeFrames(), []);
  });

  it("throw TypeError for what is no number or no string", async () => {
    const { socket } = await openRawSocket();
    assert.throws(() => closeWith(socket, Symbol("a")), TypeError);
    assert.throws(() => closeWith(socket, 1000n), TypeError);
    assert.throws(() => closeWith(socket, 1000, Symbol("a")), TypeError);
  });

  it("throw SyntaxError for a reason of more than 123 bytes of UTF-8", async () => {
    const { socket } = await openRawSocket();
    for (const reason of ["a".repeat(124), "ä".repeat(62), "\ud800".repeat(42)]) {
      assert.throws(() => socket.close(1000, reason), named("SyntaxError"));
      assert.throws(() => socket.close(undefined, reason), named("SyntaxError"));
    }
    assert.throws(() => socket.close(5000, "a".repeat(124)), named("InvalidAccessError"));
    assert.equal(socket.readyState, 1);
  });

  it("throw in every state", async () => {
    const raw = await openRawSocket();
    raw.socket.close();
    assert.throws(() => raw.socket.close(1), named("InvalidAccessError"));
    await end(raw, "1 000 1000 m 0000000");
    assert.equal(raw.socket.readyState, 3);
    assert.throws(() => raw.socket.close(1), named("InvalidAccessError"));
    raw.socket.close(3000, "does nothing");
    assert.equal(raw.socket.readyState, 3);
  });

  it("are what the Close carries, converted", async () => {
    const cases: [unknown[], string][] = [
      [[], "close"],
      [[undefined], "close"],
      [[undefined, undefined], "close"],
      [[undefined, ""], "close"],
      [[1000], "close 1000"],
      [[3000, "bye"], 'close 3000 "bye"'],
      [[4999, ""], "close 4999"],
      [["3001", null], 'close 3001 "null"'],
      [[3000.5, 5], 'close 3000 "5"'], // to the even one
      [[3001.5], "close 3002"],
      [[1000, "a\ud800"], 'close 1000 "a\ufffd"'],
      [[undefined, "only a reason"], 'close 1000 "only a reason"'],
      [[1000, "ä".repeat(61)], "close 1000 122 bytes"],
    ];
    for (const [args, frame] of cases) {
      const { socket, peer } = await openRawSocket();
      closeWith(socket, ...args);
      assert.equal(socket.readyState, 2);
      assert.deepEqual(await peer.frames(), [frame]);
    }
  });
});

describe("close() of a WebSocket that is open", () => {
  it("leads to one close event, with the code and reason of the peer's Close", async () => {
    const answers: [string, string][] = [
      ["1 000 1000 m 0000000", 'close 1005 "" clean'],
      ['1 000 1000 m 0000101 x0bb8 "bye"', 'close 3000 "bye" clean'],
      ["1 000 1000 m 0000010 x03e9", 'close 1001 "" clean'],
    ];
    for (const [answer, expected] of answers) {
      const raw = await openRawSocket();
      raw.socket.close(4000, "mine");
      raw.socket.close(4001, "does nothing");
      await rest();
      assert.deepEqual(raw.events, []);
      await end(raw, answer);
      assert.deepEqual(raw.events, [expected]);
      assert.equal(raw.socket.readyState, 3);
      assert.deepEqual(raw.peer.takeFrames(), ['close 4000 "mine"']);
    }
  });

  it("drops the messages that come after it", async () => {
    const raw = await openRawSocket();
    raw.socket.close();
    await end(raw, '1 000 0001 m 0000001 "a" | 1 000 1000 m 0000000');
    assert.deepEqual(raw.events, ['close 1005 "" clean']);
  });

  it("close() of a WebSocket that is open is told 1006 when the peer does not answer, after closeTimeoutMs", async () => {
    const clock = new VirtualClock();
    const { socket, events } = await openRawSocket({ clock, defaults: { closeTimeoutMs: 700 } });
    socket.close(1000);
    await clock.advance(699);
    await rest();
    assert.deepEqual([socket.readyState, events], [2, []]);
    await clock.advance(1);
    await rest();
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
  });

  it("close() of a WebSocket that is open is told 1005 by connection.closed when it had no code", async () => {
    const raw = await openRawSocket();
    const { connection } = raw.socket;
    raw.socket.close();
    await end(raw, "1 000 1000 m 0000010 x03e8");
    assert.deepEqual(await connection!.closed, {
      code: 1005,
      reason: "",
      wasClean: true,
      initiator: "local",
    });
    assert.deepEqual(raw.events, ['close 1000 "" clean']);
  });
});

describe("the peer's Close", () => {
  it("the peer's Close is answered, makes the state CLOSING in a task, and ends clean", async () => {
    const raw = await openRawSocket();
    raw.peer.send('1 000 0001 m 0000001 "a" | 1 000 1000 m 0000101 x0bb8 "bye"');
    await settle();
    assert.equal(raw.socket.readyState, 1);
    await rest();
    assert.equal(raw.socket.readyState, 2);
    assert.deepEqual(raw.events, ["message a"]);
    assert.deepEqual(raw.peer.takeFrames(), ['close 3000 "bye"']);
    raw.socket.close(4000); // too late to matter
    raw.peer.transport.end();
    await rest();
    assert.deepEqual(raw.events, ["message a", 'close 3000 "bye" clean']);
  });

  it("the peer's Close without a code is told as 1005", async () => {
    const raw = await openRawSocket();
    await end(raw, "1 000 1000 m 0000000");
    assert.deepEqual(raw.events, ['close 1005 "" clean']);
    assert.deepEqual(raw.peer.takeFrames(), ["close"]);
  });
});

describe("a WebSocket that is failed", () => {
  it("fires error and close with 1006, whatever code the peer was told", async () => {
    const clock = new VirtualClock(), raw = await openRawSocket({ clock });
    let cause = "";
    raw.socket.onerror = ({ error }) => cause = (error as { code: string }).code;
    raw.peer.send('1 000 0001 m 0000001 "a" | 1 100 0001 m 0000000');
    await rest(); // the listener may still answer what came before
    assert.deepEqual(raw.events, ["message a"]);
    await clock.advance(0);
    raw.peer.transport.end();
    await rest();
    assert.deepEqual(raw.events, ["message a", "error", 'close 1006 "" unclean']);
    assert.equal(cause, "ERR_PROTOCOL");
    assert.match(raw.peer.takeFrames()[0]!, /^close 1002/);
  });

  it("a WebSocket that is failed is one whose transport is lost, or ended without a Close", async () => {
    const lost = await openRawSocket();
    lost.transport.lose(new Error("cable"));
    const ended = await openRawSocket();
    ended.peer.transport.end();
    await rest();
    for (const { events } of [lost, ended]) {
      assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    }
  });

  it("a WebSocket that is failed is one that gets a message over maxMessageBytes", async () => {
    const raw = await openRawSocket({ defaults: { maxMessageBytes: 4 } });
    await end(raw, '1 000 0001 m 0000101 "12345"');
    assert.deepEqual(raw.events, ["error", 'close 1006 "" unclean']);
    assert.match(raw.peer.takeFrames()[0]!, /^close 1009/);
  });
});

describe("terminate() of a WebSocket", () => {
  it("drops the transport, and fires close with 1006 and no error", async () => {
    const { socket, peer, events } = await openRawSocket();
    socket.terminate();
    assert.equal(socket.readyState, 2);
    await rest();
    assert.ok(peer.isClosed);
    assert.deepEqual(peer.takeFrames(), []);
    assert.deepEqual(events, ['close 1006 "" unclean']);
    socket.terminate();
    assert.equal(socket.readyState, 3);
    await rest();
    assert.equal(events.length, 1);
  });

  it("ends a closing handshake that takes too long", async () => {
    const { socket, events } = await openRawSocket();
    socket.close();
    socket.terminate();
    await rest();
    assert.deepEqual(events, ['close 1006 "" unclean']);
  });
});
