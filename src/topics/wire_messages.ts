/**
 * The messages of the subprotocol `topics.fullduplex`. They are JSON in a text message. A message
 * with binary data is a binary message: the length of the JSON in four bytes, the JSON, and the
 * data.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Lost, Position, Subscribed } from "./position.ts";

/** Name of the subprotocol, for `protocols` of a client. */
export const TOPICS_PROTOCOL = "topics.fullduplex";

/** A message of a client. */
export type ClientMessage =
  | { readonly type: "subscribe"; readonly topic: string; readonly since?: Position | undefined }
  | { readonly type: "unsubscribe"; readonly topic: string }
  | {
    readonly type: "publish";
    readonly topic: string;
    readonly id: number;
    readonly data: Message;
  };

/** A message of a server. */
export type ServerMessage =
  | ({ readonly type: "subscribed"; readonly topic: string } & Subscribed)
  | ({ readonly type: "lost"; readonly topic: string } & Lost & Position)
  | {
    readonly type: "placed";
    readonly topic: string;
    readonly id: string | null;
    readonly position: Position | null;
  }
  | {
    readonly type: "message";
    readonly topic: string;
    readonly data: Message;
    /** Present if the topic has a history. */
    readonly position?: Position | undefined;
    /** Where it can come twice: early, without a position, and again from the history. */
    readonly id?: string | undefined;
  }
  | { readonly type: "published"; readonly id: number }
  | {
    readonly type: "refused";
    readonly topic: string;
    readonly reason: string;
    readonly id?: number;
  };

const HEADER_BYTES = 4;
const textEncoder = /* @__PURE__ */ new TextEncoder();
const textDecoder = /* @__PURE__ */ new TextDecoder();

/** Writes one message. */
export function writeMessage(message: ClientMessage | ServerMessage): Message {
  if (!("data" in message) || typeof message.data === "string") return JSON.stringify(message);
  const { data, ...rest } = message;
  const head = textEncoder.encode(JSON.stringify(rest));
  const bytes = new Uint8Array(HEADER_BYTES + head.length + data.length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, HEADER_BYTES);
  bytes.set(data, HEADER_BYTES + head.length);
  return bytes;
}

/** Reads the fields of a message; `null` if it is malformed. */
export function readFields(message: Message): Readonly<Record<string, unknown>> | null {
  try {
    if (typeof message === "string") return toFields(JSON.parse(message));
    const { buffer, byteOffset, byteLength } = message;
    const end = HEADER_BYTES + new DataView(buffer, byteOffset, byteLength).getUint32(0);
    if (end > byteLength) return null;
    const fields = toFields(JSON.parse(textDecoder.decode(message.subarray(HEADER_BYTES, end))));
    return fields === null ? null : { ...fields, data: message.slice(end) };
  } catch {
    return null;
  }
}

/** Reads a message of a client; `null` if it is not one of the subprotocol. */
export function readClientMessage(message: Message): ClientMessage | null {
  const { type, topic, since, id, data } = readFields(message) ?? {};
  if (typeof topic !== "string" || topic === "") return null;
  if (type === "unsubscribe") return { type, topic };
  if (type === "subscribe") {
    if (since === undefined) return { type, topic };
    return isPosition(since) ? { type, topic, since } : null;
  }
  if (type !== "publish" || typeof id !== "number") return null;
  if (typeof data !== "string" && !(data instanceof Uint8Array)) return null;
  return { type, topic, id, data };
}

function toFields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? { ...value } : null;
}

/** Whether a value from a peer is a position. */
export function isPosition(value: unknown): value is Position {
  return typeof value === "object" && value !== null && "epoch" in value && "offset" in value &&
    typeof value.epoch === "string" && Number.isSafeInteger(value.offset) &&
    Number(value.offset) >= 0;
}
