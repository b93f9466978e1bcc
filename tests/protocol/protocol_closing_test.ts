/** The closing handshake (sections 5.5.1 and 7), for both roles. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Violations } from "../../src/protocol/violations.ts";
import { bits, concat } from "../helpers/bits.ts";
import { everyChunking } from "../helpers/chunk_splitter.ts";
import {
  assertClosed,
  assertClosing,
  assertFailed,
  assertSent,
  Endpoint,
  peerOf,
} from "../helpers/protocol_recorder.ts";

const EMPTY_CLOSE = "1 000 1000 m 0000000";

for (const role of ["client", "server"] as const) {
  const from = peerOf(role);
  const close1000 = (() => {
    const endpoint = new Endpoint(from);
    endpoint.protocol.sendClose(1000, "bye");
    return endpoint.output.take();
  })();

  describe(`§7.1 closing handshake of a ${role}`, () => {
    it("Close is answered once, with its code and reason", () => {
      const endpoint = new Endpoint(role);
      endpoint.receive(close1000.slice());
      assertClosed(endpoint, 1000, "bye");
      assertClosing(endpoint, 1000, "bye");
    });

    it("an empty Close is answered with an empty one", () => {
      const endpoint = new Endpoint(role);
      endpoint.receiveBits(EMPTY_CLOSE);
      assertClosed(endpoint, 1005);
      assertSent(endpoint, EMPTY_CLOSE);
    });

    it("after our Close the peer's Close is awaited, and not answered", () => {
      const endpoint = new Endpoint(role);
      endpoint.protocol.sendClose(4000, "done");
      assert.equal(endpoint.protocol.state, "closing");
      assertClosing(endpoint, 4000, "done");
      endpoint.receive(close1000.slice());
      assertClosed(endpoint, 1000, "bye");
      assertSent(endpoint, "");
    });

    it("both endpoints can send Close at once", () => {
      const one = new Endpoint(role), other = new Endpoint(from);
      one.protocol.sendClose(1000);
      other.protocol.sendClose(1001);
      const sent = one.output.take();
      one.receive(other.output.take());
      other.receive(sent);
      assertClosed(one, 1001);
      assertClosed(other, 1000);
      assert.equal(one.output.length + other.output.length, 0);
    });

    it("nothing after Close is delivered, in the same chunk or later", () => {
      const after = bits(
        '1 000 1001 m 0000000 | 1 000 0001 m 0000001 "x" | 1 111 1111 m 0000000',
        from,
      );
      for (const { name, chunks } of everyChunking(concat([close1000, close1000, after]))) {
        const endpoint = new Endpoint(role);
        for (const chunk of chunks) endpoint.receive(chunk);
        assert.deepEqual(endpoint.events, ['close 1000 "bye"'], name);
        assertClosing(endpoint, 1000, "bye");
      }
    });

    it("after our Close messages are dropped, control frames are delivered, and pings are not answered", () => {
      const stream = bits(
        '1 000 0001 m 0000001 "a" | 0 000 0010 m 0000001 "b" | 1 000 1001 m 0000001 "p"' +
          '| 1 000 1010 m 0000001 "q" | 1 000 0000 m 0000001 "c"',
        from,
      );
      for (const { name, chunks } of everyChunking(concat([stream, close1000]))) {
        const endpoint = new Endpoint(role);
        endpoint.protocol.sendClose();
        endpoint.output.take();
        for (const chunk of chunks) endpoint.receive(chunk);
        assert.deepEqual(endpoint.events, ["ping 70", "pong 71", 'close 1000 "bye"'], name);
        assertSent(endpoint, "");
      }
    });

    it("the rest of a message that began before our Close is dropped", () => {
      const stream = bits('0 000 0001 m 0000010 "ab" | 1 000 0000 m 0000010 "cd"', from);
      for (let at = 1; at < stream.length; at++) {
        const endpoint = new Endpoint(role);
        endpoint.receive(stream.slice(0, at));
        endpoint.protocol.sendClose();
        endpoint.receive(concat([stream.subarray(at), close1000]));
        assert.deepEqual(endpoint.events, ['close 1000 "bye"'], `${at}`);
      }
    });

    it("messages behind one whose sink sends Close are dropped", () => {
      const endpoint = new Endpoint(role);
      endpoint.react = () => {
        if (endpoint.protocol.state === "open") endpoint.protocol.sendClose(1000);
      };
      endpoint.receiveBits('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
      assert.deepEqual(endpoint.events, ['text "a"']);
      assert.equal(endpoint.protocol.state, "closing");
    });

    it("a violation after our Close sends no second Close", () => {
      const endpoint = new Endpoint(role);
      endpoint.protocol.sendClose();
      endpoint.output.take();
      endpoint.receiveBits("1 010 0001 m 0000000 | 1 000 1000 m 0000000");
      assert.equal(endpoint.protocol.state, "failed");
      assert.deepEqual(endpoint.events, ["fail 1002 reservedBits"]);
      assertSent(endpoint, "");
    });

    it("the end of the transport leads to lost, unless the handshake was over", () => {
      const endpoint = new Endpoint(role);
      endpoint.protocol.receiveEnd();
      assert.equal(endpoint.protocol.state, "lost");
      endpoint.receive(close1000.slice());
      assert.deepEqual(endpoint.events, []);
      assertSent(endpoint, "");
      const closed = new Endpoint(role);
      closed.receive(close1000.slice());
      closed.protocol.receiveEnd();
      assert.equal(closed.protocol.state, "closed");
    });
  });

  describe(`§7.1.7 a ${role} that fails the connection`, () => {
    it("each violation is sent to the peer once, with its code and text", () => {
      for (const violation of Object.values(Violations)) {
        const endpoint = new Endpoint(role);
        endpoint.protocol.fail(violation);
        endpoint.protocol.fail(Violations.notUtf8);
        assertFailed(endpoint, violation);
      }
    });

    it("nothing is delivered after a sink calls fail in the middle of a chunk", () => {
      const stream = bits(
        '1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 1001 m 0000000',
        from,
      );
      for (const { name, chunks } of everyChunking(concat([stream, close1000]))) {
        const endpoint = new Endpoint(role);
        endpoint.react = () => endpoint.protocol.fail(Violations.messageTooBig);
        for (const chunk of chunks) endpoint.receive(chunk);
        assert.deepEqual(endpoint.events, ['text "a"', "fail 1009 messageTooBig"], name);
        assertFailed(endpoint, Violations.messageTooBig);
      }
    });

    it("fail after the closing handshake does nothing", () => {
      const endpoint = new Endpoint(role);
      endpoint.receiveBits(EMPTY_CLOSE);
      endpoint.output.take();
      endpoint.protocol.fail(Violations.notUtf8);
      assertClosed(endpoint, 1005);
      assertSent(endpoint, "");
    });
  });
}

describe("a transport that ends in the middle of a chunk", () => {
  it("receiveEnd in the middle of a chunk ends all delivery", () => {
    const endpoint = new Endpoint("server");
    endpoint.react = () => endpoint.protocol.receiveEnd();
    endpoint.receiveBits(
      `1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 1001 m 0000000 | ${EMPTY_CLOSE}`,
    );
    assert.deepEqual(endpoint.events, ['text "a"']);
    assert.equal(endpoint.protocol.state, "lost");
    assertSent(endpoint, "");
  });
});
