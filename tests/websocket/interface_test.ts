/**
 * The shape of the class, as Web IDL and HTML have it: constants, members, event handlers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CloseEvent, ErrorEvent } from "../../src/websocket/mod.ts";
import { WebSocket } from "../../src/websocket/websocket.ts";
import { websocketClass } from "../../src/websocket/websocket_class.ts";
import { rawSocketClass } from "../helpers/raw_sockets.ts";

function makeSocket(): WebSocket {
  const { Socket } = rawSocketClass();
  return new Socket("ws://test/");
}

describe("the class WebSocket", () => {
  it("has its constants on itself, its prototype and its sockets, and they cannot be changed", () => {
    const socket = makeSocket();
    const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    for (const [name, value] of Object.entries(constants)) {
      for (const target of [WebSocket, WebSocket.prototype]) {
        assert.deepEqual(Object.getOwnPropertyDescriptor(target, name), {
          value,
          writable: false,
          enumerable: true,
          configurable: false,
        });
      }
      assert.equal(Reflect.get(socket, name), value);
      assert.equal(Reflect.set(socket, name, 7), false);
    }
  });

  it("has the name, length and tag of the standard's", () => {
    assert.deepEqual([WebSocket.name, WebSocket.length], ["WebSocket", 1]);
    assert.equal(String(makeSocket()), "[object WebSocket]");
    assert.ok(makeSocket() instanceof EventTarget);
    assert.deepEqual([WebSocket.prototype.send.length, WebSocket.prototype.close.length], [1, 0]);
  });

  it("has members that can be enumerated, and refuse what is no socket", () => {
    const members = Object.getOwnPropertyDescriptors(WebSocket.prototype);
    const readOnly = ["url", "readyState", "bufferedAmount", "extensions", "protocol"];
    const settable = ["binaryType", "onopen", "onerror", "onclose", "onmessage"];
    for (const name of [...readOnly, ...settable]) {
      const { get, set, enumerable, configurable } = Reflect.get(members, name);
      assert.deepEqual([enumerable, configurable, typeof get], [true, true, "function"], name);
      assert.equal(typeof set, settable.includes(name) ? "function" : "undefined", name);
      assert.throws(() => Reflect.apply(get!, {}, []), TypeError, name);
    }
    for (const name of ["send", "close"] as const) {
      assert.equal(members[name]!.enumerable, true);
      assert.throws(() => Reflect.apply(WebSocket.prototype[name], {}, ["a"]), TypeError);
    }
    const listed: string[] = [];
    for (const name in makeSocket()) listed.push(name);
    for (const name of [...readOnly, ...settable, "send", "close"]) {
      assert.ok(listed.includes(name));
    }
  });

  it("ignores what is assigned to members that cannot be set", () => {
    const socket = makeSocket();
    for (const name of ["url", "readyState", "bufferedAmount", "extensions", "protocol"]) {
      const before: unknown = Reflect.get(socket, name);
      assert.equal(Reflect.set(socket, name, "changed"), false);
      assert.equal(Reflect.get(socket, name), before);
    }
  });
});

describe("the event handlers of a WebSocket", () => {
  const ATTRIBUTES = ["onopen", "onmessage", "onerror", "onclose"] as const;

  it("are null at first, and for every value that is no object", () => {
    const socket = makeSocket();
    for (const name of ATTRIBUTES) {
      assert.equal(socket[name], null);
      for (const value of [undefined, null, 1, "a", true, Symbol("a")]) {
        Reflect.set(socket, name, () => {});
        Reflect.set(socket, name, value);
        assert.equal(socket[name], null);
      }
    }
  });

  it("are told as they were set, objects too, which are never called", () => {
    const socket = makeSocket();
    const object = { handleEvent: () => assert.fail("called") };
    for (const name of ATTRIBUTES) {
      Reflect.set(socket, name, object);
      assert.equal(socket[name], object);
      const handler = () => {};
      socket[name] = handler;
      assert.equal(socket[name], handler);
      Reflect.set(socket, name, object);
      socket.dispatchEvent(new Event(name.slice(2)));
    }
  });

  it("are called with the event, on the socket", () => {
    const socket = makeSocket();
    const calls: unknown[] = [];
    socket.onopen = function (event) {
      calls.push(this, event.type, event.currentTarget);
    };
    socket.dispatchEvent(new Event("open"));
    assert.deepEqual(calls, [socket, "open", socket]);
  });

  it("keep their place when they are replaced, and lose it when they are null in between", () => {
    const socket = makeSocket();
    const order: string[] = [];
    socket.addEventListener("open", () => order.push("first"));
    socket.onopen = () => order.push("old");
    socket.addEventListener("open", () => order.push("last"));
    socket.onopen = () => order.push("new");
    socket.dispatchEvent(new Event("open"));
    assert.deepEqual(order.splice(0), ["first", "new", "last"]);
    socket.onopen = null;
    socket.dispatchEvent(new Event("open"));
    assert.deepEqual(order.splice(0), ["first", "last"]);
    socket.onopen = () => order.push("again");
    socket.dispatchEvent(new Event("open"));
    assert.deepEqual(order, ["first", "last", "again"]);
  });

  it("cancel an event that can be cancelled by returning false", () => {
    const socket = makeSocket();
    socket.onmessage = () => false;
    assert.equal(socket.dispatchEvent(new Event("message", { cancelable: true })), false);
    socket.onmessage = () => 0;
    assert.equal(socket.dispatchEvent(new Event("message", { cancelable: true })), true);
  });
});

describe("the classes of its events", () => {
  it("are the platform's, or like these", () => {
    const { CloseEvent: PlatformClose } = globalThis as { CloseEvent?: unknown };
    if (PlatformClose !== undefined) assert.equal(CloseEvent, PlatformClose);
    const close = new CloseEvent("close", { wasClean: true, code: 1000, reason: "bye" });
    assert.ok(close instanceof Event);
    assert.deepEqual([close.type, close.wasClean, close.code, close.reason], [
      "close",
      true,
      1000,
      "bye",
    ]);
    const plain = new CloseEvent("close");
    assert.deepEqual([plain.wasClean, plain.code, plain.reason], [false, 0, ""]);

    const cause = new Error("why");
    const error = new ErrorEvent("error", { message: "words", error: cause });
    assert.deepEqual([error.type, error.message, error.error], ["error", "words", cause]);
    assert.deepEqual([CloseEvent.name, ErrorEvent.name], ["CloseEvent", "ErrorEvent"]);
  });
});

describe("websocketClass", () => {
  it("makes a class that is a WebSocket, by name too", () => {
    const Own = websocketClass({ maxMessageBytes: 5 });
    assert.deepEqual([Own.name, Own.OPEN, Own.prototype instanceof WebSocket], [
      "WebSocket",
      1,
      true,
    ]);
  });

  it("checks its options at once", () => {
    assert.throws(() => websocketClass({ maxMessageBytes: -1 }), /maxMessageBytes/);
    assert.throws(() => websocketClass({ headers: { "a b": "c" } }), TypeError);
  });
});

describe("a class that extends WebSocket", () => {
  it("has the settings of the class it extends", () => {
    const { Socket } = rawSocketClass();
    class Own extends Socket {}
    assert.equal(new Own("ws://test/").readyState, 0);
  });
});
