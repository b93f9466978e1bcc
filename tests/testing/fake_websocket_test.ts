/**
 * `fakeWebSocketClass`: sockets of the standard that end in a handler, in memory and on the clock
 * of the test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WebSocketHandler } from "../../src/handler.ts";
import { fakeWebSocketClass } from "../../src/testing/fake_websocket.ts";
import { settle } from "../../src/testing/settle.ts";
import { everyByte } from "../../src/testing/splitter.ts";
import { replaceTimers } from "../../src/testing/timers.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { WebSocket } from "../../src/websocket/websocket.ts";
import { recordEvents } from "../helpers/raw_sockets.ts";

/** A handler that sends back what it gets. */
const echo = (): WebSocketHandler => ({
  message: (connection, message) => connection.send(message),
});

describe("fakeWebSocketClass", () => {
  it("makes sockets that are connected to the handler, with no turn of the event loop", async () => {
    const Fake = fakeWebSocketClass(echo(), { clock: new VirtualClock() });
    const socket = new Fake("ws://test/chat"), events = recordEvents(socket);
    assert.ok(socket instanceof WebSocket);
    assert.equal(Fake.name, "WebSocket");
    await settle();
    assert.deepEqual(events, ["open"]);
    socket.send("hello");
    await settle();
    socket.close(3000, "bye");
    await settle();
    assert.deepEqual(events, ["open", "message hello", 'close 3000 "bye" clean']);
  });

  it("takes a handler producer, which sees the request and may refuse it", async () => {
    const seen: string[] = [];
    const Fake = fakeWebSocketClass((request, protocols) => {
      seen.push(request.url, protocols.join(), request.headers.get("cookie") ?? "");
      return protocols.includes("one")
        ? { protocol: "one", ...echo() }
        : new Response(null, { status: 403 });
    }, { clock: new VirtualClock(), defaults: { headers: { Cookie: "a=b" } } });
    const agreed = new Fake("ws://test/a?b", ["two", "one"]);
    await settle();
    assert.deepEqual([agreed.readyState, agreed.protocol], [1, "one"]);
    const refused = recordEvents(new Fake("ws://test/"));
    await settle();
    assert.deepEqual(refused, ["error", 'close 1006 "" unclean']);
    assert.deepEqual(seen.slice(0, 3), ["http://test/a?b", "two,one", "a=b"]);
  });

  it("cuts chunks and delays them on the clock", async () => {
    const clock = new VirtualClock();
    const Fake = fakeWebSocketClass(echo(), { clock, split: everyByte, delayMs: 10 });
    const socket = new Fake("ws://test/"), events = recordEvents(socket);
    await clock.advance(19);
    assert.deepEqual(events, []);
    await clock.advance(1);
    assert.deepEqual(events, ["open"]);
    socket.send("hello");
    await clock.advance(19);
    assert.equal(events.length, 1);
    await clock.advance(1);
    assert.deepEqual(events, ["open", "message hello"]);
  });

  it("gives each event a task of its own", async () => {
    const Fake = fakeWebSocketClass({
      async open(connection) {
        for (const text of ["a", "b", "c"]) await connection.send(text);
      },
    }, { clock: new VirtualClock() });
    const order: string[] = [];
    new Fake("ws://test/").onmessage = async ({ data }) => {
      order.push(data);
      for (let turn = 0; turn < 10; turn++) await null;
      order.push(`${data} done`);
    };
    await settle();
    assert.deepEqual(order, ["a", "a done", "b", "b done", "c", "c done"]);
  });

  it("checks its handler and its options", () => {
    assert.throws(
      () => fakeWebSocketClass({ message: 5 } as unknown as WebSocketHandler),
      TypeError,
    );
    assert.throws(
      () => fakeWebSocketClass(echo(), { defaults: { maxMessageBytes: -1 } }),
      RangeError,
    );
  });
});

describe("the faults of a fake class", () => {
  const FAILED = ["error", 'close 1006 "" unclean'];

  it("are chosen for each attempt", async () => {
    const clock = new VirtualClock(), attempts: string[] = [];
    const Fake = fakeWebSocketClass(echo(), {
      clock,
      faults(attempt, url) {
        attempts.push(`${attempt} ${url}`);
        return attempt === 1 ? { kind: "refuse" } : null;
      },
    });
    const first = recordEvents(new Fake("ws://test/1"));
    await clock.advance(0);
    const second = recordEvents(new Fake("ws://test/2"));
    await clock.advance(0);
    assert.deepEqual([first, second], [FAILED, ["open"]]);
    assert.deepEqual(attempts, ["1 ws://test/1", "2 ws://test/2"]);
  });

  it("lose, or end, the transport when their time has come", async () => {
    for (const kind of ["lose", "end"] as const) {
      const clock = new VirtualClock();
      const Fake = fakeWebSocketClass(echo(), { clock, faults: () => ({ kind, afterMs: 1_000 }) });
      const events = recordEvents(new Fake("ws://test/"));
      await clock.advance(999);
      assert.deepEqual(events, ["open"]);
      await clock.advance(1);
      assert.deepEqual(events, ["open", ...FAILED], kind);
    }
  });

  it("stall the network: only a keepalive finds out", async () => {
    const clock = new VirtualClock();
    const Fake = fakeWebSocketClass(echo(), {
      clock,
      defaults: { pingIntervalMs: 10_000, pongTimeoutMs: 5_000 },
      faults: () => ({ kind: "stall", afterMs: 1_000 }),
    });
    const socket = new Fake("ws://test/"), events = recordEvents(socket);
    await clock.advance(1_000);
    socket.send("into the void");
    await clock.advance(8_000);
    assert.deepEqual(events, ["open"]);
    await clock.advance(20_000);
    assert.deepEqual(events, ["open", ...FAILED]);
  });
});

/** A client of somebody's: it pings every 12 seconds, and reconnects when no pong comes in 5. */
class Client {
  readonly log: string[] = [];
  readonly #make: () => WebSocket;

  constructor(make: () => WebSocket) {
    this.#make = make;
    this.#connect();
  }

  #connect(): void {
    const socket = this.#make();
    let pong: unknown = null;
    const interval = setInterval(() => {
      socket.send("ping");
      pong = setTimeout(() => {
        this.log.push("no pong");
        socket.terminate();
      }, 5_000);
    }, 12_000);
    socket.onopen = () => this.log.push("open");
    socket.onmessage = ({ data }) => {
      this.log.push(data);
      clearTimeout(pong as number);
    };
    socket.onclose = () => {
      clearInterval(interval);
      this.#connect();
    };
  }
}

describe("replaceTimers", () => {
  it("tests a client's keepalive of 12 seconds in no time", async () => {
    const clock = new VirtualClock(), started = performance.now();
    const Fake = fakeWebSocketClass({
      message: (connection) => connection.send("pong"),
    }, { clock, faults: (attempt) => attempt === 1 ? { kind: "stall", afterMs: 25_000 } : null });
    const timers = replaceTimers(clock);
    try {
      const { log } = new Client(() => new Fake("ws://test/"));
      await clock.advance(24_000);
      assert.deepEqual(log, ["open", "pong", "pong"]);
      await clock.advance(16_999);
      assert.equal(log.length, 3);
      await clock.advance(1);
      assert.deepEqual(log.slice(3), ["no pong", "open"]);
      await clock.advance(12_000);
      assert.deepEqual(log.slice(5), ["pong"]);
    } finally {
      timers.restore();
    }
    assert.ok(performance.now() - started < 10_000);
  });

  it("has the timers of the platform, and gives them back", async () => {
    const own = { setTimeout, setInterval, clearTimeout, clearInterval, now: Date.now };
    const clock = new VirtualClock(), timers = replaceTimers(clock);
    const ticks: unknown[] = [], before = Date.now();
    try {
      setTimeout((...args: unknown[]) => ticks.push(...args), 10, "a", "b");
      const every = setInterval(() => ticks.push("tick"), 4);
      const never = setTimeout(() => ticks.push("never"), 5);
      clearTimeout(never);
      await clock.advance(9);
      assert.deepEqual(ticks, ["tick", "tick"]);
      clearInterval(+every); // by its number, as in a browser
      await clock.advance(10);
      assert.deepEqual(ticks, ["tick", "tick", "a", "b"]);
      assert.equal(Date.now() - before, 19);
      assert.equal(clock.pending, 0);
    } finally {
      timers.restore();
    }
    const after = { setTimeout, setInterval, clearTimeout, clearInterval, now: Date.now };
    assert.deepEqual(after, own);
  });
});
