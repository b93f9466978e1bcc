/**
 * The message object for hooks.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Peer } from "./peer.ts";

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/** A message, with the methods of crossws to read it. */
export class HookMessage {
  /** The peer that has sent it. */
  readonly peer: Peer;
  /** The message as it arrived: a string for a text, otherwise bytes. */
  readonly rawData: Message;
  #id: string | null = null;

  /** Made for each message. */
  constructor(peer: Peer, rawData: Message) {
    this.peer = peer;
    this.rawData = rawData;
  }

  /** A random identifier (UUID v4), made at the first access. */
  get id(): string {
    return this.#id ??= crypto.randomUUID();
  }

  /** In crossws this is the event of the platform. It is always `undefined` here. */
  get event(): undefined {
    return undefined;
  }

  /** The message in the form of `peer.websocket.binaryType`. By default it is unchanged. */
  get data(): Message | ArrayBuffer | Blob {
    switch (this.peer.websocket.binaryType) {
      case "arraybuffer":
        return this.arrayBuffer();
      case "blob":
        return this.blob();
      case "uint8array":
        return this.uint8Array();
      case "text":
        return this.text();
      default:
        return this.rawData;
    }
  }

  /** The message as text. */
  text(): string {
    const { rawData } = this;
    return typeof rawData === "string" ? rawData : decoder.decode(rawData);
  }

  /** The message as bytes; a text as UTF-8. */
  uint8Array(): Uint8Array {
    const { rawData } = this;
    return typeof rawData === "string" ? encoder.encode(rawData) : rawData;
  }

  /** The message as a buffer of its own. */
  arrayBuffer(): ArrayBuffer {
    return new Uint8Array(this.uint8Array()).buffer;
  }

  /** The message as a `Blob`. */
  blob(): Blob {
    return new Blob([this.arrayBuffer()]);
  }

  /**
   * The message as JSON.
   *
   * @throws {SyntaxError} if it is not valid JSON.
   */
  json<T = unknown>(): T {
    return JSON.parse(this.text());
  }

  /** The message as text. */
  toString(): string {
    return this.text();
  }

  /** The message as text. */
  [Symbol.toPrimitive](): string {
    return this.text();
  }
}
