/** Calls of a protocol machine: values that it takes, and values that it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import { filler } from "../helpers/bits.ts";
import { assertSent, Endpoint } from "../helpers/protocol_recorder.ts";
import { untyped } from "../helpers/untyped.ts";

const FRAGMENT = { final: false, compress: true };

describe("§5.4 sending fragments", () => {
  it("fragments continue the message until the last, with control frames between", () => {
    for (const role of ["client", "server"] as const) {
      const { protocol } = new Endpoint(role), endpoint = new Endpoint(role);
      assert.equal(protocol.state, "open");
      endpoint.protocol.sendMessage("a", FRAGMENT);
      endpoint.protocol.sendPing("p");
      endpoint.protocol.sendMessage("b", FRAGMENT);
      endpoint.protocol.sendPong();
      endpoint.protocol.sendMessage("");
      endpoint.protocol.sendMessage(filler(1), FRAGMENT);
      endpoint.protocol.sendMessage(filler(0));
      endpoint.protocol.sendMessage("whole");
      assertSent(
        endpoint,
        '0 000 0001 m 0000001 "a" | 1 000 1001 m 0000001 "p" | 0 000 0000 m 0000001 "b"' +
          "| 1 000 1010 m 0000000 | 1 000 0000 m 0000000" +
          '| 0 000 0010 m 0000001 "a" | 1 000 0000 m 0000000 | 1 000 0001 m 0000101 "whole"',
      );
    }
  });

  it("a character that is cut between fragments goes out whole, in the later one", () => {
    for (const role of ["client", "server"] as const) {
      const endpoint = new Endpoint(role), { protocol } = endpoint;
      protocol.sendMessage("a\ud83d", FRAGMENT);
      protocol.sendMessage("", FRAGMENT);
      protocol.sendMessage("\ude00\ud83d", FRAGMENT);
      protocol.sendMessage("b");
      protocol.sendMessage("c\ud83d"); // whole: the half stays a half
      protocol.sendMessage("\ude00", FRAGMENT);
      protocol.sendMessage("\ud83d");
      assertSent(
        endpoint,
        '0 000 0001 m 0000001 "a" | 0 000 0000 m 0000000 | 0 000 0000 m 0000100 "\u{1f600}"' +
          '| 1 000 0000 m 0000100 "\ufffdb" | 1 000 0001 m 0000100 "c\ufffd"' +
          '| 0 000 0001 m 0000011 "\ufffd" | 1 000 0000 m 0000011 "\ufffd"',
      );
    }
  });

  it("a fragment of the other type throws and sends nothing, and the message can be continued", () => {
    const endpoint = new Endpoint("server"), { protocol } = endpoint;
    protocol.sendMessage("a", FRAGMENT);
    for (const final of [false, true]) {
      assert.throws(() => protocol.sendMessage(filler(1), { final, compress: true }), TypeError);
    }
    protocol.sendMessage("b");
    protocol.sendMessage(filler(1), FRAGMENT);
    assert.throws(() => protocol.sendMessage("c"), TypeError);
    protocol.sendMessage(filler(1));
    assertSent(
      endpoint,
      '0 000 0001 m 0000001 "a" | 1 000 0000 m 0000001 "b"' +
        '| 0 000 0010 m 0000001 "a" | 1 000 0000 m 0000001 "a"',
    );
  });

  it("pings are answered between the fragments", () => {
    const endpoint = new Endpoint("client");
    endpoint.protocol.sendMessage("a", FRAGMENT);
    endpoint.receiveBits('1 000 1001 m 0000001 "?"');
    endpoint.protocol.sendMessage("b");
    assertSent(
      endpoint,
      '0 000 0001 m 0000001 "a" | 1 000 1010 m 0000001 "?" | 1 000 0000 m 0000001 "b"',
    );
  });
});

describe("what cannot be sent", () => {
  const wrong = [5, 0, null, undefined, true, {}, [1, 2], { length: 3 }, new ArrayBuffer(3)]
    .concat([new Uint16Array(2), new Float32Array(2), new DataView(new ArrayBuffer(2))]);

  it("data that is neither a string nor a Uint8Array throws a TypeError, and nothing is written", () => {
    for (const role of ["client", "server"] as const) {
      for (const data of wrong) {
        const endpoint = new Endpoint(role), { protocol } = endpoint;
        assert.throws(() => protocol.sendMessage(untyped(data)), TypeError, String(data));
        assert.throws(() => protocol.sendMessage(untyped(data), FRAGMENT), TypeError, String(data));
        if (data !== undefined) {
          assert.throws(() => protocol.sendPing(untyped(data)), TypeError, String(data));
          assert.throws(() => protocol.sendPong(untyped(data)), TypeError, String(data));
        }
        protocol.sendMessage("still works");
        assertSent(endpoint, '1 000 0001 m 0001011 "still works"');
      }
    }
  });

  it("control frames over 125 bytes and invalid Close frames throw", () => {
    const endpoint = new Endpoint("server"), { protocol } = endpoint;
    assert.throws(() => protocol.sendPing(filler(126)), RangeError);
    assert.throws(() => protocol.sendPong("\u00e9".repeat(63)), RangeError);
    assert.throws(() => protocol.sendClose(1005), RangeError);
    assert.throws(() => protocol.sendClose(1000, "x".repeat(124)), RangeError);
    assert.throws(() => protocol.sendClose(undefined, "x"), TypeError);
    assert.equal(protocol.state, "open");
    assertSent(endpoint, "");
  });

  it("every send throws ERR_CLOSED when the connection is not open", () => {
    const endings: Record<string, (endpoint: Endpoint) => void> = {
      closing: (endpoint) => endpoint.protocol.sendClose(),
      closed: (endpoint) => endpoint.receiveBits("1 000 1000 m 0000000"),
      failed: (endpoint) => endpoint.receiveBits("1 111 1000 m 0000000"),
      lost: (endpoint) => endpoint.protocol.receiveEnd(),
    };
    for (const [state, end] of Object.entries(endings)) {
      const endpoint = new Endpoint("server"), { protocol } = endpoint;
      end(endpoint);
      endpoint.output.take();
      const calls = [
        () => protocol.sendMessage("a"),
        () => protocol.sendMessage("a", FRAGMENT),
        () => protocol.sendPing(),
        () => protocol.sendPong(),
        () => protocol.sendClose(),
      ];
      for (const call of calls) {
        assert.throws(call, (error) => {
          assert.ok(error instanceof WebSocketError);
          assert.equal(error.code, "ERR_CLOSED");
          return error.message.includes(state);
        });
      }
      assert.equal(protocol.state, state);
      assertSent(endpoint, "");
    }
  });
});

describe("options that a protocol refuses", () => {
  const sink = new Endpoint("server"), output = new CollectingOutput();

  it("a client without masking keys throws a TypeError", () => {
    // @ts-expect-error: the client role needs maskingKeys
    assert.throws(() => new Protocol({ role: "client", sink, output }), TypeError);
  });

  it("a maxMessageBytes that is not a number of bytes throws a RangeError", () => {
    for (const maxMessageBytes of [NaN, -1, untyped<number>("1000"), untyped<number>(null)]) {
      const options = { role: "server", sink, output, maxMessageBytes } as const;
      assert.throws(() => new Protocol(options), RangeError, String(maxMessageBytes));
    }
  });
});
