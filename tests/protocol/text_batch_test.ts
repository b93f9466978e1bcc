/**
 * Short texts of one chunk that are decoded together: the sink hears what it hears of each alone.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Role } from "../../src/protocol/role.ts";
import { decodeShortAscii, type TextAcceleration } from "../../src/protocol/utf8.ts";
import { concat, KEY } from "../helpers/bits.ts";
import { Endpoint, type EndpointOptions } from "../helpers/protocol_recorder.ts";

/** The bytes that a client sends for these messages. */
function sent(...messages: readonly (string | Uint8Array)[]): Uint8Array {
  let key = KEY;
  const client = new Endpoint("client", { maskingKeys: () => key = (key * 7 + 0x01020304) >>> 0 });
  for (const message of messages) client.protocol.sendMessage(message);
  return client.output.take();
}

/** An endpoint that decodes in runs, and the lengths of what it decodes at once. */
function inBatches(
  maxBatchBytes: number,
  options: EndpointOptions & { role?: Role; minSharedBytes?: number } = {},
): [Endpoint, number[]] {
  const calls: number[] = [];
  const textAcceleration: TextAcceleration = {
    maxBatchBytes,
    decodeAscii(bytes, start, end) {
      calls.push(end - start);
      return decodeShortAscii(bytes, start, end);
    },
  };
  return [
    new Endpoint(options.role ?? "server", {
      ...options,
      tuning: { minSharedBytes: options.minSharedBytes, textAcceleration },
    }),
    calls,
  ];
}

const LINE = "The quick brown fox jumps over the lazy dog. ".repeat(3);
const TEXTS = Array.from({ length: 60 }, (_, index) => LINE.slice(index % 7, (index * 11) % 126));
const MIXED = [
  ...TEXTS.slice(0, 9),
  "grüße",
  ...TEXTS.slice(9, 12),
  Uint8Array.of(1, 2, 200),
  "x",
  "\u{1F600}",
  LINE + LINE, // longer than any of a run
  ...TEXTS.slice(12),
];

describe("short texts that follow each other in a chunk", () => {
  it("texts are decoded together up to the limit of a batch", () => {
    const [endpoint, calls] = inBatches(1024);
    const chunk = sent(...TEXTS);
    endpoint.receive(chunk);
    assert.deepEqual(endpoint.given, TEXTS);
    assert.ok(calls.length < 8, `${calls.length} calls`);
    assert.ok(calls.every((bytes) => bytes <= 1024), `${calls}`);
  });

  it("headers between them that are UTF-8 by chance move no text", () => {
    // The masking key d3 84 11 0c begins as the two bytes of one character.
    const frame = "81 84 d3 84 11 0c 8b 85 0a 3b", texts = 9;
    const endpoint = new Endpoint("server", {
      tuning: { textAcceleration: { maxBatchBytes: 1_024 } },
    });
    endpoint.receive(
      Uint8Array.from(
        Array(texts).fill(frame).join(" ").split(" "),
        (digits) => parseInt(digits, 16),
      ),
    );
    assert.deepEqual(endpoint.events, Array(texts).fill('text "X\\u0001\\u001b7"'));
  });

  it("a text above 125 bytes is in no batch", () => {
    const [endpoint, calls] = inBatches(65_536), long = LINE + LINE;
    endpoint.receive(sent("a", "b", long, "c", "d"));
    assert.deepEqual(endpoint.given, ["a", "b", long, "c", "d"]);
    assert.deepEqual(calls, [14, 1, 1]); // behind a long one all is left to the decoder
  });

  for (const maxBatchBytes of [0, 1, 20, 150, 1024, 65_536]) {
    it(`texts are the same as when they arrive alone, in batches of ${maxBatchBytes} bytes`, () => {
      const alone = new Endpoint("server"), [endpoint] = inBatches(maxBatchBytes);
      const chunk = sent(...MIXED);
      alone.receive(chunk.slice());
      endpoint.receive(chunk);
      assert.deepEqual(endpoint.outcome, alone.outcome);
    });
  }

  it("texts behind the one after which the sink stops are delivered later", () => {
    for (let stop = 1; stop < MIXED.length; stop++) {
      const [endpoint] = inBatches(1024, { pausing: true });
      endpoint.react = () => endpoint.pausing = endpoint.given.length === stop;
      endpoint.pausing = false;
      endpoint.receive(sent(...MIXED));
      assert.deepEqual(endpoint.given, MIXED, `stopped after ${stop}`);
    }
  });

  it("texts that are not delivered are masked again in the chunk", () => {
    const chunk = sent(...TEXTS), before = chunk.slice();
    const [endpoint] = inBatches(65_536, { pausing: true });
    const at = endpoint.protocol.receive(chunk);
    assert.equal(endpoint.given.length, 1);
    assert.deepEqual(chunk.slice(at), before.slice(at));
  });

  it("texts after our Close are dropped, and control frames are not", () => {
    const [endpoint] = inBatches(1024);
    endpoint.react = (event) => {
      if (event.startsWith("text") && endpoint.given.length === 2) {
        endpoint.protocol.sendClose(1000);
      }
    };
    const client = new Endpoint("client");
    client.protocol.sendClose(1000, "bye");
    endpoint.receive(concat([sent(...TEXTS), client.output.take()]));
    assert.deepEqual(endpoint.given, TEXTS.slice(0, 2));
    assert.equal(endpoint.events.at(-1), 'close 1000 "bye"');
  });

  it("a text above the message limit fails the connection", () => {
    const [endpoint] = inBatches(1024, { maxMessageBytes: 20 });
    endpoint.receive(sent("short", "short too", "x".repeat(21), "late"));
    assert.deepEqual(endpoint.given, ["short", "short too"]);
    assert.match(endpoint.events.at(-1)!, /1009/);
  });

  it("texts of a batch are delivered after their chunk was transferred", () => {
    const [endpoint] = inBatches(1024, { minSharedBytes: 1 });
    const chunk = sent(Uint8Array.of(1), ...TEXTS.slice(0, 5));
    endpoint.react = () => {
      if (endpoint.given.length === 3) (chunk.buffer as ArrayBuffer).transfer();
    };
    endpoint.protocol.receive(chunk);
    assert.deepEqual(endpoint.given.slice(1), TEXTS.slice(0, 2));
  });

  it("a client makes no batches, because its peer does not mask", () => {
    const server = new Endpoint("server"), [client, calls] = inBatches(1024, { role: "client" });
    for (const text of TEXTS) server.protocol.sendMessage(text);
    client.receive(server.output.take());
    assert.deepEqual(client.given, TEXTS);
    assert.deepEqual(calls, []);
  });
});
