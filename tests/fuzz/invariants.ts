/**
 * What must hold for every input of the decoder of frames and of the reader of heads. The first
 * bytes of an input choose how it is read, the others are what the peer sends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { HeadReader } from "../../src/handshake/http_head.ts";
import { readUpgrade } from "../../src/handshake/server_handshake.ts";
import type { Delivery } from "../../src/protocol/protocol_sink.ts";
import { Endpoint, type EndpointOptions } from "../helpers/protocol_recorder.ts";

const DELIVERIES: readonly Delivery[] = ["message", "fragment", "chunk", "wait"];
const LIMITS = [0, 1, 100, 1_000, 100_000, 1 << 24];
/** Bytes of an input that choose. */
const CHOICES = 3;

/** A property of one decoder. */
export type Invariant = (input: Uint8Array) => void;

/**
 * Chunking never changes what is delivered or sent, nothing throws, and no message exceeds the
 * limit.
 */
const checkFrames: Invariant = (input) => {
  const [first = 0, second = 0, size = 0] = input;
  const role = first & 1 ? "client" : "server";
  const limit = LIMITS[second % LIMITS.length]!;
  const options: EndpointOptions = {
    delivery: DELIVERIES[(first >> 1) % DELIVERIES.length]!,
    pausing: (first & 8) !== 0,
    maxMessageBytes: limit,
    tuning: { textAcceleration: { maxBatchBytes: first & 16 ? 40 : 1_024 } },
  };
  const read = (chunks: readonly Uint8Array[]): Endpoint => {
    const endpoint = new Endpoint(role, options);
    if (first & 32) endpoint.protocol.sendClose(1000);
    for (const chunk of chunks) endpoint.receive(chunk);
    return endpoint;
  };
  const stream = input.subarray(CHOICES), whole = read([stream.slice()]);
  assert.deepEqual(read(cut(stream, 1 + size % 32)).outcome, whole.outcome);
  if (options.delivery !== "message") return;
  for (const data of whole.given) assert.ok(typeof data === "string" || data.length <= limit);
};

/** The same head or refusal whatever the chunks, and what is accepted can be answered. */
const checkHeads: Invariant = (input) => {
  const [first = 0, , size = 0] = input;
  const kind = first & 1 ? "response" : "request";
  const read = (chunks: readonly Uint8Array[]): unknown => {
    const reader = new HeadReader({ kind, maxHeadBytes: 1_000, maxHeaderFields: 20 });
    for (const chunk of chunks) {
      const progress = reader.push(chunk);
      if (progress.state === "refused") return [progress.status, progress.reason];
      if (progress.state === "more") continue;
      if (progress.state === "request") readUpgrade(progress.head);
      return progress.head.headers.map(([name, value]) => `${name}: ${value}`);
    }
    return "more";
  };
  const stream = input.subarray(CHOICES);
  assert.deepEqual(read(cut(stream, 1 + size % 32)), read([stream.slice()]));
};

function cut(stream: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size) chunks.push(stream.slice(at, at + size));
  return chunks;
}

/** All of them, by the name of their corpus. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  frames: checkFrames,
  heads: checkHeads,
};
