/**
 * The events of a `WebSocket` from its opening to its end, by the WebSockets standard, sections 4
 * to 6.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/settle.ts";
import { OwnCloseEvent, OwnErrorEvent } from "../../src/websocket/events.ts";
import { CloseEvent, ErrorEvent } from "../../src/websocket/mod.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import {
  connectRawSocket,
  openRawSocket,
  rawSocketClass,
  recordEvents,
  rest,
} from "../helpers/raw_sockets.ts";

const CLOSE = "1 000 1000 m 0000000";

describe("the events of a WebSocket", () => {
  it("each reach the attribute of their name", async () => {
    const { socket, peer } = await connectRawSocket();
    const seen: string[] = [];
    for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      socket[name] = ({ type }: Event) => seen.push(`${name} ${type}`);
    }
    peer.write(acceptance(peer));
    peer.send('1 000 0001 m 0000001 "a"');
    peer.transport.end();
    await rest();
    assert.deepEqual(seen, ["onopen open", "onmessage message", "onerror error", "onclose close"]);
  });

  it("neither bubble nor can be cancelled, and have the socket as their target", async () => {
    const { socket, peer } = await connectRawSocket();
    const seen: unknown[] = [];
    for (const type of ["open", "message", "error", "close"]) {
      socket.addEventListener(type, (event) => {
        event.preventDefault();
        seen.push([event.bubbles, event.cancelable, event.defaultPrevented, event.composed]);
        assert.equal(event.target, socket);
      });
    }
    peer.write(acceptance(peer));
    peer.send('1 000 0001 m 0000001 "a"');
    peer.transport.end();
    await rest();
    assert.deepEqual(seen, Array(4).fill([false, false, false, false]));
  });

  it("open is a plain Event", async () => {
    const { socket, peer } = await connectRawSocket();
    let opened: Event | null = null;
    socket.onopen = (event) => opened = event;
    peer.write(acceptance(peer));
    await rest();
    assert.equal(Object.getPrototypeOf(opened), Event.prototype);
  });

  it("close is a CloseEvent, and error comes before it", async () => {
    const { socket, transport } = await openRawSocket();
    const events: Event[] = [];
    socket.onerror = socket.onclose = (event: Event) => events.push(event);
    transport.lose();
    await rest();
    assert.deepEqual(events.map(({ constructor }) => constructor), [ErrorEvent, CloseEvent]);
  });

  it("are told when the state is CLOSED already, error too", async () => {
    const lost = await openRawSocket(), closed = await openRawSocket();
    const states: unknown[] = [];
    for (const { socket } of [lost, closed]) {
      socket.onerror = socket.onclose = ({ type }: Event) => states.push([type, socket.readyState]);
    }
    lost.transport.lose();
    await rest();
    closed.peer.send(CLOSE);
    closed.peer.transport.end();
    await rest();
    assert.deepEqual(states, [["error", 3], ["close", 3], ["close", 3]]);
  });

  it("come no more after close", async () => {
    const { socket, peer, events } = await openRawSocket();
    socket.onclose = () => {
      socket.close(3000, "does nothing");
      socket.send("goes nowhere");
    };
    peer.send(CLOSE);
    peer.transport.end();
    await rest();
    assert.deepEqual(events, ['close 1005 "" clean']);
    assert.deepEqual([socket.readyState, socket.bufferedAmount], [3, 12]);
    assert.deepEqual(peer.takeFrames(), ["close"]);
  });

  it("tell of no ping, which is answered, and of no pong", async () => {
    const { peer, events } = await openRawSocket();
    peer.send('1 000 1001 m 0000001 "x" | 1 000 1010 m 0000001 "y"');
    await rest();
    assert.deepEqual(peer.takeFrames(), ["pong 78"]);
    assert.deepEqual(events, []);
  });
});

describe("the reason of the peer's Close", () => {
  it("keeps a BOM at its beginning: it is UTF-8 decoded without BOM", async () => {
    const { socket, peer } = await openRawSocket();
    let reason = "";
    socket.onclose = (event) => reason = event.reason;
    peer.send("1 000 1000 m 0000110 x03e8efbbbf61");
    peer.transport.end();
    await rest();
    assert.equal(reason, "\ufeffa");
  });

  it("is not told when it is no UTF-8: the connection is failed", async () => {
    const { peer, events } = await openRawSocket();
    peer.send("1 000 1000 m 0000100 x03e8ff61");
    await rest();
    peer.transport.end();
    await rest();
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
  });
});

describe("a text message", () => {
  it("keeps a BOM at its beginning", async () => {
    const { peer, events } = await openRawSocket();
    peer.send("1 000 0001 m 0000100 xefbbbf61");
    await rest();
    assert.deepEqual(events, ["message \ufeffa"]);
  });
});

describe("a connection that was failed", () => {
  it("has the same close event whatever the cause was, and never 1015", async () => {
    const refused = new (rawSocketClass({ dialError: new Error("TLS: unknown CA") }).Socket)(
      "wss://test/",
    );
    const told = [recordEvents(refused)];
    for (const answer of ["nonsense\r\n\r\n", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"]) {
      const { peer, events } = await connectRawSocket();
      peer.write(answer);
      told.push(events);
    }
    const other = await connectRawSocket({ protocols: ["one"] });
    other.peer.write(acceptance(other.peer, "Sec-WebSocket-Protocol: two"));
    const lost = await openRawSocket(), erroneous = await openRawSocket();
    lost.transport.lose();
    erroneous.peer.send("1 000 1000 m 0000010 x03f7"); // 1015, which no Close may have
    await settle();
    erroneous.peer.transport.end();
    await rest();
    for (const events of [...told, other.events, lost.events, erroneous.events]) {
      assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    }
  });
});

describe("CloseEvent and ErrorEvent, where the platform has none", () => {
  it("need a type", () => {
    for (const EventClass of [OwnCloseEvent, OwnErrorEvent]) {
      assert.throws(() => Reflect.construct(EventClass, []), TypeError);
    }
  });

  it("convert code and reason to an unsigned short and to well-formed text", () => {
    const make = (options: unknown): unknown[] => {
      const event = Reflect.construct(OwnCloseEvent, ["close", options]);
      return [event.wasClean, event.code, event.reason];
    };
    assert.deepEqual(make({ wasClean: 1, code: 65_537, reason: 5 }), [true, 1, "5"]);
    assert.deepEqual(make({ code: "3000", reason: null }), [false, 3000, "null"]);
    assert.deepEqual(make({ reason: "a\ud800" }), [false, 0, "a\ufffd"]);
    assert.throws(() => make({ reason: Symbol("a") }), TypeError);
  });

  it("take null for no options", () => {
    for (const EventClass of [OwnCloseEvent, OwnErrorEvent]) {
      assert.equal(Reflect.construct(EventClass, ["type", null]).type, "type");
    }
  });

  it("take their options when they are made", () => {
    const options = { wasClean: true, code: 1000, reason: "bye", message: "words", error: 1 };
    const close = new OwnCloseEvent("close", options), error = new OwnErrorEvent("error", options);
    Object.assign(options, { wasClean: false, code: 1, reason: "", message: "", error: 2 });
    assert.deepEqual([close.wasClean, close.code, close.reason], [true, 1000, "bye"]);
    assert.deepEqual([error.message, error.error], ["words", 1]);
  });
});
