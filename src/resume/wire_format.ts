/**
 * The subprotocol `resume.fullduplex` as messages; docs/resume.md describes it.
 *
 * @module
 */
import type { Message } from "../message.ts";

/** The subprotocol's name. */
export const RESUME_PROTOCOL = "resume.fullduplex";

/** First message of a client. */
export interface Hello {
  /** Subprotocols for the messages inside, the most wanted first. */
  readonly protocols: readonly string[];
  /** The session to go on with; missing for a new one. */
  readonly session?: string;
  /** How many messages of that session have arrived here. */
  readonly received: number;
}

/** The server's answer, its first message. */
export interface Welcome {
  /** Names the session; whoever knows it can take the session over. */
  readonly session: string;
  /** Whether it is the one that the client asked for. */
  readonly resumed: boolean;
  /** How many of the client's messages have arrived. */
  readonly received: number;
  /** The subprotocol of the messages inside, or `""`. */
  readonly protocol: string;
}

/** A message of the subprotocol. */
export type Frame =
  | { readonly type: "message"; readonly offset: number; readonly message: Message }
  | { readonly type: "acknowledge"; readonly received: number }
  | { readonly type: "hello"; readonly hello: Hello }
  | { readonly type: "welcome"; readonly welcome: Welcome };

const HELLO = "H", WELCOME = "W", ACKNOWLEDGE = "A";
/** Up to this many bytes a message may be a part of a larger buffer, as the connection's own may. */
const MAX_SHARED_BYTES = 4096;

/** Writes the hello. */
export function writeHello(hello: Hello): string {
  return HELLO + JSON.stringify(hello);
}

/** Writes the welcome. */
export function writeWelcome(welcome: Welcome): string {
  return WELCOME + JSON.stringify(welcome);
}

/** Says that all messages before this offset have arrived. */
export function writeAcknowledgement(received: number): string {
  return ACKNOWLEDGE + received;
}

/** Puts the offset before a message: decimal digits and a colon before text, a varint (LEB128) before bytes. Copies the bytes. */
export function writeMessage(message: Message, offset: number): Message {
  if (typeof message === "string") return `${offset}:${message}`;
  const length = varintLength(offset);
  const bytes = new Uint8Array(length + message.length);
  let rest = offset;
  for (let at = 0; at < length; at++) {
    bytes[at] = rest % 128 + (at < length - 1 ? 128 : 0);
    rest = Math.floor(rest / 128);
  }
  bytes.set(message, length);
  return bytes;
}

/** Takes the offset away again. */
export function unwrapMessage(written: Message): Message {
  const frame = typeof written === "string" ? readText(written) : readBytes(written);
  return frame?.type === "message" ? frame.message : written;
}

/** Reads a message of the subprotocol; `null` for what is none. */
export function readFrame(data: Message): Frame | null {
  return typeof data === "string" ? readText(data) : readBytes(data);
}

function varintLength(offset: number): number {
  let length = 1;
  for (let rest = offset; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

function readBytes(data: Uint8Array): Frame | null {
  let offset = 0, factor = 1;
  for (let at = 0; at < data.length && at < 8; at++) {
    const byte = data[at]!;
    offset += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if (!Number.isSafeInteger(offset)) return null;
      const start = at + 1, isSmall = data.length <= MAX_SHARED_BYTES;
      return {
        type: "message",
        offset,
        message: isSmall ? data.subarray(start) : data.slice(start),
      };
    }
    factor *= 128;
  }
  return null;
}

/** Digits of the largest offset. */
const MAX_DIGITS = 16;

function readText(data: string): Frame | null {
  switch (data[0]) {
    case ACKNOWLEDGE: {
      const received = readNumber(data.slice(1));
      return received === null ? null : { type: "acknowledge", received };
    }
    case HELLO:
      return readHello(parseJson(data.slice(1)));
    case WELCOME:
      return readWelcome(parseJson(data.slice(1)));
  }
  const colon = data.slice(0, MAX_DIGITS + 1).indexOf(":");
  const offset = colon < 0 ? null : readNumber(data.slice(0, colon));
  return offset === null ? null : { type: "message", offset, message: data.slice(colon + 1) };
}

function readNumber(digits: string): number | null {
  if (!/^\d{1,16}$/.test(digits)) return null;
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : null;
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function readHello(fields: Fields | null): Frame | null {
  if (fields === null) return null;
  const { protocols, session, received } = fields;
  if (!isStrings(protocols) || !isCount(received)) return null;
  if (session === undefined) return { type: "hello", hello: { protocols, received } };
  return typeof session === "string"
    ? { type: "hello", hello: { protocols, session, received } }
    : null;
}

function readWelcome(fields: Fields | null): Frame | null {
  if (fields === null) return null;
  const { session, resumed, received, protocol } = fields;
  if (typeof session !== "string" || typeof resumed !== "boolean") return null;
  if (!isCount(received) || typeof protocol !== "string") return null;
  return { type: "welcome", welcome: { session, resumed, received, protocol } };
}
