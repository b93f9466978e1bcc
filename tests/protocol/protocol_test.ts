/** Pings and pongs, and reading that is held back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bits, concat, filler } from "../helpers/bits.ts";
import { cut, everyChunking } from "../helpers/chunk_splitter.ts";
import { assertClosing, assertSent, Endpoint } from "../helpers/protocol_recorder.ts";

describe("§5.5.2 pings", () => {
  it("pings are answered at once with the same payload, also between fragments", () => {
    const stream = bits(
      '0 000 0001 m 0000001 "a" | 1 000 1001 m 1111101 *125 | 1 000 0000 m 0000001 "b"',
      "client",
    );
    for (const { name, chunks } of everyChunking(stream)) {
      const endpoint = new Endpoint("server");
      for (const chunk of chunks) endpoint.receive(chunk);
      assert.equal(endpoint.events.length, 2, name);
      assert.equal(endpoint.events[1], 'text "ab"');
      assertSent(endpoint, "1 000 1010 m 1111101 *125");
    }
  });

  it("onPing is called after the pong is written, with bytes that do not change", () => {
    const endpoint = new Endpoint("server");
    endpoint.react = () => assertSent(endpoint, '1 000 1010 m 0000010 "hi"');
    const chunk = bits('1 000 1001 m 0000010 "hi"', "client");
    endpoint.receive(chunk);
    assert.deepEqual(endpoint.events, ["ping 6869"]);
  });

  it("payloads of pings and pongs belong to the sink", () => {
    const payloads: Uint8Array[] = [], endpoint = new Endpoint("client");
    endpoint.onPing = endpoint.onPong = (payload) => void payloads.push(payload);
    const chunk = bits('1 000 1001 m 0000010 "hi" | 1 000 1010 m 0000010 "ho"', "server");
    endpoint.receive(chunk);
    chunk.fill(0);
    assert.deepEqual(payloads.map((payload) => String.fromCharCode(...payload)), ["hi", "ho"]);
    assert.deepEqual(payloads.map((payload) => payload.buffer.byteLength), [2, 2]);
  });

  it("control frames that a chunk boundary cuts do not mix", () => {
    const endpoint = new Endpoint("client");
    const stream = bits(
      '1 000 1001 m 0000011 "abc" | 1 000 1010 m 0000010 "de" | 1 000 1001 m 0000000',
      "server",
    );
    for (const chunk of cut(stream, 4)) endpoint.receive(chunk);
    assert.deepEqual(endpoint.events, ["ping 616263", "pong 6465", "ping "]);
  });
});

describe("§5.5.3 pongs owed while the output is congested", () => {
  function congested(): Endpoint {
    const endpoint = new Endpoint("client");
    endpoint.output.isCongested = true;
    endpoint.receiveBits('1 000 1001 m 0000001 "1" | 1 000 1001 m 0000001 "2"');
    assertSent(endpoint, "");
    return endpoint;
  }

  it("only the latest ping is answered, once", () => {
    const endpoint = congested();
    endpoint.protocol.sendOwedPong();
    assertSent(endpoint, '1 000 1010 m 0000001 "2"');
    endpoint.protocol.sendOwedPong();
    assertSent(endpoint, "");
    assert.deepEqual(endpoint.events, ["ping 31", "ping 32"]);
  });

  it("an owed pong is not sent after the pong of a later ping", () => {
    const endpoint = congested();
    endpoint.output.isCongested = false;
    endpoint.receiveBits('1 000 1001 m 0000001 "3"');
    endpoint.protocol.sendOwedPong();
    assertSent(endpoint, '1 000 1010 m 0000001 "3"');
  });

  it("an owed pong is dropped when we send Close", () => {
    const endpoint = congested();
    endpoint.protocol.sendClose(1000);
    assertClosing(endpoint, 1000);
    endpoint.protocol.sendOwedPong();
    assertSent(endpoint, "");
  });

  it("Close is sent although a pong is owed", () => {
    const endpoint = congested();
    endpoint.receiveBits("1 000 1000 m 0000000");
    assertClosing(endpoint);
  });
});

describe("a sink that wants no more", () => {
  const stream = bits(
    '1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 1001 m 0000000' +
      '| 1 000 0001 m 0000001 "c"',
    "client",
  );

  it("receive stops right behind the message", () => {
    const { protocol, events } = new Endpoint("server", { pausing: true }), chunk = stream.slice();
    assert.equal(protocol.receive(chunk), 7);
    assert.deepEqual(events, ['text "a"']);
    assert.deepEqual(chunk.subarray(7), stream.subarray(7));
    assert.equal(protocol.receive(chunk, 7), 14);
    assert.deepEqual(events, ['text "a"', 'text "b"']);
    assert.equal(protocol.receive(chunk.subarray(14)), 13);
    assert.deepEqual(events, ['text "a"', 'text "b"', "ping ", 'text "c"']);
  });

  it("receive stops behind a message of each type, in one frame or several", () => {
    const rows = ["1 000 0001 m 0000000", "1 000 0010 m 0000000"]
      .flatMap((last) => [last, `0${last.slice(1)} | 1 000 0000 m 0000000`]);
    for (const drawn of rows) {
      const { protocol, events } = new Endpoint("server", { pausing: true });
      const whole = bits(drawn, "client");
      const chunk = concat([whole, bits("1 000 1001 m 0000000", "client")]);
      assert.equal(protocol.receive(chunk), whole.length, drawn);
      assert.equal(events.length, 1);
    }
  });

  it("receive stops behind a chunk in the middle of a frame", () => {
    const endpoint = new Endpoint("server", { pausing: true, delivery: "chunk" });
    const whole = bits('1 000 0010 m 0000100 *4 | 1 000 0001 m 0000001 "x"', "client");
    assert.equal(endpoint.protocol.receive(whole.slice(0, 8)), 8);
    assert.deepEqual(endpoint.given.map(String), ["97,98"]);
    assert.equal(endpoint.protocol.receive(whole.slice(8)), 2);
    assert.deepEqual(endpoint.given.map(String), ["97,98", "99,100"]);
    assert.equal(endpoint.protocol.receive(whole.slice(10)), 7);
    assert.deepEqual(endpoint.events.at(-1), 'text "x"');
  });

  it("nothing is lost, wherever chunks end", () => {
    for (const { name, chunks } of everyChunking(stream)) {
      const endpoint = new Endpoint("server", { pausing: true });
      for (const chunk of chunks) endpoint.receive(chunk);
      assert.deepEqual(endpoint.events, ['text "a"', 'text "b"', "ping ", 'text "c"'], name);
    }
  });
});

describe('a sink that says "wait"', () => {
  const message = bits("1 000 0010 m 0000101 *5", "client");

  it("a message stays in the chunk until receive is called again", () => {
    for (let end = 6; end < message.length; end++) {
      const endpoint = new Endpoint("server", { delivery: "wait" });
      const chunk = message.slice(0, end);
      assert.equal(endpoint.protocol.receive(chunk), 6);
      assert.deepEqual(chunk, message.slice(0, end));
      assert.deepEqual(endpoint.given, []);
      endpoint.delivery = "chunk";
      const rest = concat([chunk.subarray(6), message.subarray(end)]);
      assert.equal(endpoint.protocol.receive(rest), rest.length);
      assert.deepEqual(endpoint.given, [filler(5)]);
    }
  });

  it("receive with an empty chunk asks again, and the answer may differ", () => {
    const endpoint = new Endpoint("server", { delivery: "wait" });
    assert.equal(endpoint.protocol.receive(message.slice(0, 6)), 6);
    endpoint.delivery = "fragment";
    assert.equal(endpoint.protocol.receive(new Uint8Array(0)), 0);
    assert.equal(endpoint.heads.length, 2);
    endpoint.receive(message.slice(6));
    assert.deepEqual(endpoint.given, [filler(5)]);
  });

  it("beginMessage is not called after our Close", () => {
    const endpoint = new Endpoint("server", { delivery: "wait" });
    assert.equal(endpoint.protocol.receive(message.slice(0, 8)), 6);
    endpoint.protocol.sendClose();
    endpoint.receive(concat([message.subarray(6), bits("1 000 1000 m 0000000", "client")]));
    assert.equal(endpoint.heads.length, 1);
    assert.deepEqual(endpoint.events, ['close 1005 ""']);
  });
});

describe("readTarget", () => {
  it("readTarget is the rest of the payload in progress, and nothing behind it", () => {
    const endpoint = new Endpoint("server");
    const stream = bits(
      '0 000 0010 m 1100100 *100 | 1 000 1001 m 0000010 "hi" | 0 000 0000 m 0010100 *20',
      "client",
    );
    const lengths = new Map<number, number>();
    for (let at = 0; at < stream.length; at++) {
      const { readTarget } = endpoint.protocol;
      if (readTarget !== null) lengths.set(at, readTarget.length);
      endpoint.receive(stream.slice(at, at + 1));
    }
    const expected = new Map<number, number>();
    for (let at = 7; at < 106; at++) expected.set(at, 106 - at);
    for (let at = 106 + 8 + 7; at < stream.length; at++) expected.set(at, stream.length - at);
    assert.deepEqual(lengths, expected);
    assert.equal(endpoint.protocol.readTarget, null);
  });

  it("readTarget is null for delivery by chunk and for discarded messages", () => {
    for (const delivery of ["chunk", "discard"] as const) {
      const endpoint = new Endpoint("server", { delivery });
      endpoint.receive(bits("1 000 0010 m 1100100 *100", "client").slice(0, 50));
      assert.equal(endpoint.protocol.readTarget, null, delivery);
    }
  });
});
