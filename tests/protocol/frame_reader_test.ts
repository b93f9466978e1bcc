/**
 * Connections read with the same few readers, lent from one to the next: what is unfinished on
 * one never shows on another.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Violations } from "../../src/protocol/violations.ts";
import { bits } from "../helpers/bits.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

const STREAM = bits(
  '0 000 0001 m 0000011 "a" xc3 xa4 | 1 000 1001 m 0000010 "hi" | 0 000 0000 m 0000001 xc3 |' +
    '1 000 0000 m 0000010 xa4 "b" | 1 000 0010 m 0000011 x010203 | 1 000 0010 m 1111110 +012c *300',
  "client",
);

/** The events of the stream, and the answers to it. */
function heardAlone(): Endpoint["outcome"] {
  const endpoint = new Endpoint("server");
  endpoint.receive(STREAM.slice());
  return endpoint.outcome;
}

describe("a pooled reader", () => {
  it("an unfinished frame or message of one connection never reaches another, wherever it is cut", () => {
    const expected = heardAlone();
    for (let cut = 1; cut < STREAM.length; cut++) {
      const one = new Endpoint("server"), other = new Endpoint("server");
      one.receive(STREAM.slice(0, cut));
      other.receive(STREAM.slice(0, STREAM.length - cut));
      one.receive(STREAM.slice(cut));
      other.receive(STREAM.slice(STREAM.length - cut));
      assert.deepEqual(one.outcome, expected, `cut at ${cut}`);
      assert.deepEqual(other.outcome, expected, `cut at ${cut}`);
    }
  });

  it("connections that receive within a message of another use another reader", () => {
    const expected = heardAlone();
    const chain = Array.from({ length: 8 }, () => new Endpoint("server"));
    chain.forEach((endpoint, index) => {
      endpoint.react = () => {
        const next = chain[index + 1];
        if (next !== undefined && next.events.length === 0) next.receive(STREAM.slice());
      };
    });
    chain[0]!.receive(STREAM.slice());
    for (const endpoint of chain) assert.deepEqual(endpoint.outcome, expected);
  });

  it("a sink that calls receive, against its contract, loses no messages", () => {
    const one = new Endpoint("server"), other = new Endpoint("server");
    one.react = () => {
      one.react = () => {};
      one.protocol.receive(bits('1 000 0001 m 0000010 "in"', "client"));
      other.protocol.receive(bits('1 000 0001 m 0000101 "other"', "client"));
    };
    one.protocol.receive(bits('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2"', "client"));
    assert.deepEqual(one.events, ['text "1"', 'text "in"', 'text "2"']);
    assert.deepEqual(other.events, ['text "other"']);
  });

  it("a message that failed leaves nothing to the next connection", () => {
    for (const isPutOff of [false, true]) {
      const broken = new Endpoint("server"), next = new Endpoint("server");
      if (isPutOff) Object.assign(broken, { shouldFailNow: () => false });
      broken.receive(bits('0 000 0001 m 0000010 "ab"', "client"));
      broken.protocol.receive(bits("1 000 0000 m 0000001 xff", "client"));
      next.receive(STREAM.slice());
      assert.deepEqual(next.outcome, heardAlone());
      if (!isPutOff) assert.deepEqual(broken.events, [`fail 1007 ${Violations.notUtf8.rule}`]);
    }
  });

  it("a sink that throws leaves nothing to the next connection", () => {
    const broken = new Endpoint("server"), next = new Endpoint("server");
    broken.react = () => {
      throw new Error("a sink must not throw");
    };
    assert.throws(() => broken.protocol.receive(STREAM.slice()));
    next.receive(STREAM.slice());
    assert.deepEqual(next.outcome, heardAlone());
  });

  it("messages after our Close are dropped, also by a reader acquired later", () => {
    const endpoint = new Endpoint("server");
    endpoint.receiveBits('1 000 0001 m 0000010 "ab"');
    endpoint.send({ close: [1000] });
    endpoint.receiveBits('1 000 0001 m 0000010 "cd"');
    endpoint.receiveBits("1 000 1001 m 0000000");
    assert.deepEqual(endpoint.events, ['text "ab"', "ping "]);
  });
});
