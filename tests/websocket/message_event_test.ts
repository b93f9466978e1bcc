/**
 * The event of a message beside one of the platform's own: nobody can tell them apart by the
 * members of a `MessageEvent`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeMessageEvent } from "../../src/websocket/message_event.ts";

const MEMBERS = ["data", "origin", "lastEventId", "source", "ports"] as const;

function pair(data: unknown): readonly [ours: Event, platform: Event] {
  const origin = "ws://test";
  return [makeMessageEvent(data, origin), new MessageEvent("message", { data, origin })];
}

describe("makeMessageEvent", () => {
  it("makes an event with the class, the tag and the members of the platform's", () => {
    const [ours, platform] = pair("hello");
    assert.ok(ours instanceof MessageEvent);
    assert.equal(ours.constructor, MessageEvent);
    assert.equal(String(ours), String(platform));
    for (const name of MEMBERS) {
      assert.deepEqual(Reflect.get(ours, name), Reflect.get(platform, name), name);
      assert.equal(Reflect.set(ours, name, 1), Reflect.set(platform, name, 1), name);
    }
    for (const name of ["type", "bubbles", "cancelable", "composed", "isTrusted"]) {
      assert.equal(Reflect.get(ours, name), Reflect.get(platform, name), name);
    }
  });

  it("its members are seen by a loop over its names", () => {
    const names = new Set<string>();
    for (const name in makeMessageEvent("hello", "ws://test")) names.add(name);
    for (const name of ["data", "origin", "lastEventId", "ports", "type", "target"]) {
      assert.ok(names.has(name), name);
    }
  });

  it("can be the dictionary of another event, as libraries copy events", () => {
    const bytes = new ArrayBuffer(3);
    const [ours] = pair(bytes);
    assert.ok(ours instanceof MessageEvent);
    const copy: MessageEvent = Reflect.construct(MessageEvent, [ours.type, ours]);
    assert.equal(copy.data, bytes);
    assert.equal(copy.origin, "ws://test");
    assert.deepEqual([...copy.ports], []);
  });

  it("is dispatched, and its listeners may stop and cancel as with any event", () => {
    const target = new EventTarget(), seen: unknown[] = [];
    target.addEventListener("message", (event) => {
      seen.push(Reflect.get(event, "data"), event.target === target);
      event.stopImmediatePropagation();
    });
    target.addEventListener("message", () => seen.push("not stopped"));
    assert.equal(target.dispatchEvent(makeMessageEvent(1, "ws://test")), true);
    assert.deepEqual(seen, [1, true]);
  });

  it("initMessageEvent makes it another event, but not while it is dispatched", () => {
    const ours = makeMessageEvent("first", "ws://test");
    const init: unknown = Reflect.get(ours, "initMessageEvent");
    if (typeof init !== "function") return; // Deno's events have no such method
    const target = new EventTarget();
    target.addEventListener("message", () => {
      Reflect.apply(init, ours, ["other", true, true, "never"]);
    });
    target.dispatchEvent(ours);
    assert.deepEqual([ours.type, Reflect.get(ours, "data")], ["message", "first"]);
    Reflect.apply(init, ours, ["other", true, true, "second", "http://a", "7", null, []]);
    assert.deepEqual([ours.type, ours.bubbles, ours.cancelable], ["other", true, true]);
    assert.deepEqual(MEMBERS.map((name) => Reflect.get(ours, name)), [
      "second",
      "http://a",
      "7",
      null,
      [],
    ]);
  });
});
