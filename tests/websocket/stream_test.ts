/**
 * `WebSocketStream` by the WHATWG's proposal (whatwg/websockets, pull request 48): opening and
 * closing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import { rawStreamClass, rest } from "../helpers/raw_sockets.ts";
import { connectStream, end, named, openStream, told } from "./raw_streams.ts";

describe("new WebSocketStream()", () => {
  it("throws for URLs and subprotocols as WebSocket does", () => {
    const { Stream } = rawStreamClass();
    const make = (...args: unknown[]): unknown => Reflect.construct(Stream, args);
    assert.throws(() => make(), TypeError);
    for (const url of ["", "ftp://test/", "ws://test/#a"]) {
      assert.throws(() => make(url), named("SyntaxError"), url);
    }
    for (const protocols of [["a b"], ["a", "a"], [""]]) {
      assert.throws(() => make("ws://test/", { protocols }), named("SyntaxError"));
    }
    for (const options of [{ protocols: "a" }, { protocols: 5 }, { signal: {} }]) {
      assert.throws(() => make("ws://test/", options), TypeError);
    }
    assert.throws(() => make("ws://test/", {}, { maxMessageBytes: -1 }), /maxMessageBytes/);
    const stream = new Stream("http://test");
    assert.equal(stream.url, "ws://test/");
    assert.equal(String(stream), "[object WebSocketStream]");
    assert.equal(stream.opened, stream.opened);
    assert.equal(stream.closed, stream.closed);
  });
});

describe("opened of a WebSocketStream", () => {
  it("gives the streams, the subprotocol and the extensions", async () => {
    const { stream, peer } = await connectStream({ protocols: ["one", "two"] });
    assert.match(peer.head!, /Sec-WebSocket-Protocol: one, two/);
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: two"));
    const { readable, writable, protocol, extensions } = await stream.opened;
    assert.ok(readable instanceof ReadableStream && writable instanceof WritableStream);
    assert.deepEqual([protocol, extensions], ["two", ""]);
    assert.equal(stream.connection!.protocol, "two");
  });

  it("rejects with a WebSocketError when there is no connection, and closed with it", async () => {
    const { stream, peer } = await connectStream();
    peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert.equal(await told(stream.opened), 'rejected: 1006 ""');
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
    const error: Error = await stream.opened.then(() => assert.fail(), (error) => error);
    assert.match(String(error.cause), /404/);
  });

  it("rejects when close() is called before", async () => {
    const { stream, peer } = await connectStream();
    stream.close({ closeCode: 3000 });
    assert.equal(await told(stream.opened), 'rejected: 1006 ""');
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
    await rest();
    assert.ok(peer.isClosed);
  });
});

describe("the signal of a WebSocketStream", () => {
  it("the signal of a WebSocketStream that is aborted rejects both promises with its reason, and nothing is dialled", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const reason = new Error("given up");
    const stream = new Stream("ws://test/", { signal: AbortSignal.abort(reason) });
    await assert.rejects(stream.opened, reason);
    await assert.rejects(stream.closed, reason);
    await rest();
    assert.equal(surrounding.peers.length, 0);
  });

  it("gives up connecting", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController(), reason = new Error("given up");
    const stream = new Stream("ws://test/", { signal: controller.signal });
    await rest();
    controller.abort(reason);
    await assert.rejects(stream.opened, reason);
    await assert.rejects(stream.closed, reason);
    await rest();
    assert.ok(surrounding.peers[0]!.isClosed);
  });

  it("has no effect once it is open", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController();
    const stream = new Stream("ws://test/", { signal: controller.signal });
    await rest();
    const [peer] = surrounding.peers;
    peer!.write(acceptance(peer!));
    await stream.opened;
    controller.abort();
    await rest();
    assert.deepEqual(peer!.takeFrames(), []);
    assert.ok(!peer!.isClosed);
  });
});

describe("close() of a WebSocketStream", () => {
  it("checks its argument: TypeError, InvalidAccessError, SyntaxError", async () => {
    const { stream, peer } = await openStream();
    const close = (info: unknown) => () => Reflect.apply(stream.close, stream, [info]);
    for (const closeCode of [-1, 65_536, NaN, Infinity, "a", 1000n]) {
      assert.throws(close({ closeCode }), TypeError, String(closeCode));
    }
    assert.throws(close("bye"), TypeError);
    for (const closeCode of [0, 999, 1001, 1005, 2999, 5000, null, false]) {
      assert.throws(close({ closeCode }), named("InvalidAccessError"), String(closeCode));
    }
    assert.throws(close({ reason: "a".repeat(124) }), named("SyntaxError"));
    assert.deepEqual(await peer.frames(), []);
  });

  it("sends the code and the reason, 1000 for a reason alone, and a Close without either", async () => {
    const cases: [unknown, string][] = [
      [undefined, "close"],
      [null, "close"],
      [{}, "close"],
      [{ reason: "" }, "close"],
      [{ closeCode: 3456 }, "close 3456"],
      [{ closeCode: "3456.7", reason: "bye" }, 'close 3456 "bye"'],
      [{ reason: "bye" }, 'close 1000 "bye"'],
    ];
    for (const [info, frame] of cases) {
      const { stream, peer } = await openStream();
      Reflect.apply(stream.close, stream, [info]);
      stream.close({ closeCode: 4999 }); // does nothing
      assert.deepEqual(await peer.frames(), [frame]);
      await end(peer, '1 000 1000 m 0000101 x0bb8 "yes"');
      assert.equal(await told(stream.closed), '{"closeCode":3000,"reason":"yes"}');
    }
  });

  it("close() of a WebSocketStream that is not answered rejects closed", async () => {
    const clock = new VirtualClock();
    const { stream } = await openStream({ clock });
    stream.close();
    await clock.advance(5_000);
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
  });
});
