/** Texts that are sent on while they are delivered: their bytes are copied from the chunk. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/handler.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { deliveredText } from "../../src/protocol/delivered_text.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import { applyMask } from "../../src/protocol/mask.ts";

const KEY = 0x12345678;

/** One text frame, as a client sends it. */
function frameOf(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  applyMask(payload, 0, payload.length, KEY, 0);
  return Uint8Array.of(0x81, 0x80 | payload.length, 0x12, 0x34, 0x56, 0x78, ...payload);
}

function chunkOf(...texts: readonly string[]): Uint8Array {
  return Uint8Array.from(texts.flatMap((text) => [...frameOf(text)]));
}

/** What a server sends while it is given these texts, as text. */
function answer(chunk: Uint8Array, react: (text: Message, protocol: Protocol) => void): string {
  const output = new CollectingOutput();
  const protocol = new Protocol({
    role: "server",
    output,
    sink: {
      beginMessage: () => "message",
      message(text) {
        react(text, protocol);
        return true;
      },
      fragment: () => true,
      ping() {},
      pong() {},
      close() {},
      fail() {},
    },
  });
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
  it("is sent on as it came, of any length", () => {
    const sent = answer(chunkOf(...TEXTS), (text, protocol) => protocol.sendMessage(text));
    assert.equal(sent, TEXTS.join("|"));
  });

  it("is known by its bytes then, and only then", () => {
    const text = TEXTS[4]!, found: (Uint8Array | null)[] = [];
    answer(chunkOf(text), () => {
      found.push(deliveredText.find(text), deliveredText.find(text.toUpperCase()));
      found.push(deliveredText.find(text.slice(0, 20)));
    });
    assert.equal(new TextDecoder().decode(found[0]!), text);
    assert.deepEqual([found[1], found[2], deliveredText.find(text)], [null, null, null]);
  });

  it("does not stand for another of the same length", () => {
    const sent = answer(chunkOf(...TEXTS), (text, protocol) => {
      protocol.sendMessage(`${text}`.toUpperCase());
      protocol.sendMessage(text);
    });
    assert.equal(sent, TEXTS.map((text) => `${text.toUpperCase()}|${text}`).join("|"));
  });

  it("is sent right when its chunk was transferred meanwhile", () => {
    const chunk = chunkOf(TEXTS[4]!);
    const sent = answer(chunk, (text, protocol) => {
      structuredClone(chunk.buffer, { transfer: [chunk.buffer as ArrayBuffer] });
      protocol.sendMessage(text);
    });
    assert.equal(sent, TEXTS[4]);
  });

  it("is forgotten when a sink throws, against the rules", () => {
    const text = TEXTS[4]!;
    assert.throws(() =>
      answer(chunkOf(text), () => {
        throw new Error("no");
      }), /no/);
    assert.equal(deliveredText.find(text), null);
  });
});
