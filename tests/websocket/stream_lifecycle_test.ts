/**
 * What WHATWG's proposal of `WebSocketStream` (whatwg/websockets, pull request 48) says between its
 * opening and its end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/websocket/websocket_error.ts";
import { WebSocketStream } from "../../src/websocket/websocket_stream.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import { rawStreamClass, rest } from "../helpers/raw_sockets.ts";
import { connectStream, end, openStream, told } from "./raw_streams.ts";

describe("the class WebSocketStream", () => {
  it("has members that can be enumerated, and refuse what is no stream", () => {
    const members = Object.getOwnPropertyDescriptors(WebSocketStream.prototype);
    for (const name of ["url", "opened", "closed"] as const) {
      const { get, set, enumerable } = members[name]!;
      assert.deepEqual([typeof get, typeof set, enumerable], ["function", "undefined", true]);
      assert.throws(() => Reflect.apply(get!, {}, []), TypeError);
    }
    assert.equal(members.close!.enumerable, true);
    assert.throws(() => Reflect.apply(WebSocketStream.prototype.close, {}, []), TypeError);
    assert.deepEqual([WebSocketStream.name, WebSocketStream.length], ["WebSocketStream", 1]);
    assert.throws(() => Reflect.apply(WebSocketStream, undefined, ["ws://test/"]), TypeError);
  });

  it("takes protocols as a sequence only: no null, but a Set", () => {
    const { Stream } = rawStreamClass();
    for (const protocols of [null, "a"]) {
      assert.throws(() => Reflect.construct(Stream, ["ws://test/", { protocols }]), TypeError);
    }
    assert.ok(Reflect.construct(Stream, ["ws://test/", { protocols: new Set(["a"]) }]));
  });
});

describe("opened and closed of a WebSocketStream", () => {
  it("opened gives extensions, protocol, readable and writable, and nothing else", async () => {
    const { stream } = await openStream();
    const names = Object.keys(await stream.opened).sort();
    assert.deepEqual(names, ["extensions", "protocol", "readable", "writable"]);
  });

  it("opened and closed that reject unheard end no program", async () => {
    const { stream, peer } = await connectStream();
    peer.write("nonsense\r\n\r\n");
    await rest(); // node:test fails a test with an unhandled rejection
    await assert.rejects(stream.closed, WebSocketError);
  });

  it("closed gives code and reason of the peer's Close, when it was the first", async () => {
    const { stream, peer } = await openStream();
    await end(peer, '1 000 1000 m 0000101 x0bb8 "bye"');
    assert.equal(await told(stream.closed), '{"closeCode":3000,"reason":"bye"}');
    assert.deepEqual(peer.takeFrames(), ['close 3000 "bye"']);
  });

  it("closed rejects with 1006 when the transport is lost, and both streams with the same error", async () => {
    const { stream, transport, readable, writable } = await openStream();
    const reading = readable.getReader().closed, writing = writable.getWriter().closed;
    const errors = [stream.closed, reading, writing].map((promise) =>
      promise.then(() => assert.fail("fulfilled"), (error) => error)
    );
    transport.lose();
    await rest();
    const [error, ...others] = await Promise.all(errors);
    assert.ok(error instanceof WebSocketError);
    assert.deepEqual([error.closeCode, error.reason], [1006, ""]);
    assert.deepEqual(others, [error, error]);
  });

  it("the URL stays what it was", async () => {
    const { stream, peer } = await openStream();
    await end(peer, "1 000 1000 m 0000000");
    assert.equal(stream.url, "ws://test/chat");
  });
});

describe("close() of a WebSocketStream that is over", () => {
  it("checks its argument, and does nothing", async () => {
    const { stream, peer } = await openStream();
    await end(peer, "1 000 1000 m 0000000");
    assert.throws(() => stream.close({ closeCode: 1 }), { name: "InvalidAccessError" });
    stream.close({ closeCode: 3000 });
    assert.equal(await told(stream.closed), '{"closeCode":1005,"reason":""}');
  });
});

describe("the streams of a WebSocketStream", () => {
  it("the readable gives empty messages, too", async () => {
    const { peer, readable } = await openStream();
    peer.send("1 000 0001 m 0000000 | 1 000 0010 m 0000000");
    const reader = readable.getReader();
    assert.deepEqual(await reader.read(), { done: false, value: "" });
    assert.deepEqual(await reader.read(), { done: false, value: new Uint8Array(0) });
  });

  it("the readable that is cancelled lets closed tell of the handshake", async () => {
    const { stream, peer, readable } = await openStream();
    await readable.cancel();
    await end(peer, "1 000 1000 m 0000010 x0bb9");
    assert.equal(await told(stream.closed), '{"closeCode":3001,"reason":""}');
  });

  it("the readable that is cancelled after close() sends no second Close", async () => {
    const { stream, peer, readable } = await openStream();
    stream.close({ closeCode: 3000 });
    await readable.cancel(new WebSocketError("", { closeCode: 4000 }));
    assert.deepEqual(await peer.frames(), ["close 3000"]);
  });

  it("the writable that is aborted without a WebSocketError closes without a code", async () => {
    for (const reason of [undefined, new Error("own"), { closeCode: 3456, reason: "set" }]) {
      const { peer, writable } = await openStream();
      await writable.abort(reason);
      assert.deepEqual(await peer.frames(), ["close"]);
    }
  });

  it("the writable sends what a view shows, and empty chunks", async () => {
    const { peer, writable } = await openStream();
    const writer = writable.getWriter(), { buffer } = Uint8Array.of(1, 2, 3, 4);
    await writer.write(new Uint16Array(buffer, 2, 1));
    await writer.write("");
    await writer.write(new ArrayBuffer(0));
    assert.deepEqual(await peer.frames(), ["binary 0304", 'text ""', "binary"]);
  });

  it("the writable fails for shared memory, which may change", async () => {
    const { writable } = await openStream();
    const shared = new Uint8Array(new SharedArrayBuffer(1));
    await assert.rejects(writable.getWriter().write(shared), TypeError);
  });
});

describe("the signal of a WebSocketStream, with close()", () => {
  it("is aborted too late after close(): both promises keep the WebSocketError", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController();
    const stream = new Stream("ws://test/", { signal: controller.signal });
    await rest();
    stream.close();
    controller.abort(new Error("too late"));
    assert.equal(await told(stream.opened), 'rejected: 1006 ""');
    assert.ok(surrounding.peers[0]!.isClosed);
  });

  it("lets a second stream open after the first was given up", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController();
    const first = new Stream("ws://test/", { signal: controller.signal });
    const second = new Stream("ws://test/");
    await rest();
    controller.abort();
    await assert.rejects(first.opened, { name: "AbortError" });
    await rest();
    const peer = surrounding.peers[1]!;
    peer.write(acceptance(peer));
    assert.equal((await second.opened).protocol, "");
  });
});

describe("the arguments of WebSocketError", () => {
  it("are converted: the code to a short in its range, the reason to well-formed text", () => {
    const { closeCode, reason } = Reflect.construct(WebSocketError, [
      "",
      { closeCode: "3456.7", reason: "a\ud800" },
    ]);
    assert.deepEqual([closeCode, reason], [3456, "a\ufffd"]);
    for (const closeCode of [NaN, 65_536, -1, 1000n]) {
      assert.throws(() => Reflect.construct(WebSocketError, ["", { closeCode }]), TypeError);
    }
    assert.throws(() => Reflect.construct(WebSocketError, [Symbol("a")]), TypeError);
  });

  it("make an Error with a stack", () => {
    const error = new WebSocketError("words");
    assert.ok(error instanceof Error);
    assert.match(error.stack ?? "", /^WebSocketError: words/);
    assert.match(error.stack ?? "", /stream_lifecycle_test/);
    assert.ok(!Object.keys(error).includes("stack"));
  });
});
