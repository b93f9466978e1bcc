/** Texts that are sent on while they are delivered: their bytes are copied from the chunk. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import { echoCache } from "../../src/protocol/echo_cache.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { bits } from "../helpers/bits.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

/** One frame for each, as a client sends it. */
function chunkOf(...texts: readonly string[]): Uint8Array {
  const frames = texts.map((text) => {
    const length = text.length.toString(2).padStart(7, "0");
    return `1 000 0001 m ${length} "${text}"`;
  });
  return bits(frames.join("|"), "client");
}

/** A text as a client sends it. */
function sendAsClient(text: string): Uint8Array {
  const { protocol, output } = new Endpoint("client");
  protocol.sendMessage(text);
  return output.take();
}

/** The texts that a server sends while it is given these texts. */
function answer(chunk: Uint8Array, react: (text: Message, protocol: Protocol) => void): string {
  const endpoint = new Endpoint("server"), { output, protocol } = endpoint;
  endpoint.react = () => react(endpoint.given.at(-1)!, protocol);
  protocol.receive(chunk);
  const bytes = output.take(), texts: string[] = [];
  for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) {
    assert.equal(bytes[at], 0x81);
    texts.push(new TextDecoder().decode(bytes.subarray(at + 2, at + 2 + bytes[at + 1]!)));
  }
  return texts.join("|");
}

const TEXTS = [1, 15, 16, 17, 64, 65, 125].map((length) =>
  "abcdefghij".repeat(13).slice(0, length)
);

describe("a text that is being delivered", () => {
  it("a text that is being delivered is echoed unchanged, whatever its length", () => {
    const sent = answer(chunkOf(...TEXTS), (text, protocol) => protocol.sendMessage(text));
    assert.equal(sent, TEXTS.join("|"));
  });

  it("the cache finds a text during its delivery, and not before or after", () => {
    const text = TEXTS[4]!, found: (Uint8Array | null)[] = [];
    answer(chunkOf(text), () => {
      found.push(echoCache.find(text), echoCache.find(text.toUpperCase()));
      found.push(echoCache.find(text.slice(0, 20)));
    });
    assert.equal(new TextDecoder().decode(found[0]!), text);
    assert.deepEqual([found[1], found[2], echoCache.find(text)], [null, null, null]);
  });

  it("the cache does not find another text of the same length", () => {
    const sent = answer(chunkOf(...TEXTS), (text, protocol) => {
      protocol.sendMessage(`${text}`.toUpperCase());
      protocol.sendMessage(text);
    });
    assert.equal(sent, TEXTS.map((text) => `${text.toUpperCase()}|${text}`).join("|"));
  });

  it("a text is echoed unchanged from a chunk that is a part of a larger buffer", () => {
    const chunk = chunkOf(TEXTS[4]!), buffer = new Uint8Array(chunk.length + 7);
    buffer.set(chunk, 7);
    const sent = answer(buffer.subarray(7), (text, protocol) => protocol.sendMessage(text));
    assert.equal(sent, TEXTS[4]);
  });

  it("a text is echoed unchanged after its chunk was transferred", () => {
    const chunk = chunkOf(TEXTS[4]!);
    const sent = answer(chunk, (text, protocol) => {
      structuredClone(chunk.buffer, { transfer: [chunk.buffer as ArrayBuffer] });
      protocol.sendMessage(text);
    });
    assert.equal(sent, TEXTS[4]);
  });

  it("a long text that is not ASCII is found while it is delivered, also if it came in pieces", () => {
    const text = "\u00e9t\u00e9 ".repeat(30_000), endpoint = new Endpoint("server");
    const sent = sendAsClient(text);
    for (const size of [sent.length, 70_000]) {
      let found: Uint8Array | null = null;
      endpoint.react = () => {
        found = echoCache.find(text);
      };
      for (let at = 0; at < sent.length; at += size) {
        endpoint.protocol.receive(sent.slice(at, at + size));
      }
      assert.deepEqual(found, new TextEncoder().encode(text), `pieces of ${size}`);
      assert.equal(echoCache.find(text), null);
    }
  });

  it("the cache is cleared when a sink throws", () => {
    const text = TEXTS[4]!;
    assert.throws(() =>
      answer(chunkOf(text), () => {
        throw new Error("no");
      }), /no/);
    assert.equal(echoCache.find(text), null);
  });
});
