/**
 * The subprotocol `resume.fullduplex` as messages; docs/resume.md describes it.
 *
 * A message of the program is sent unchanged, because a header on each message would cost more than
 * everything else. Its offset is its place in the order. Messages of the subprotocol itself are
 * text that begins with U+0000.
 *
 * @module
 */
import type { Message } from "../message.ts";

/** The subprotocol that clients with `resume: true` offer before all others. */
export const RESUME_PROTOCOL: string = "resume.fullduplex";

/** The first message of a client. */
export interface Hello {
  /** Subprotocols for the application's messages, in order of preference. */
  readonly protocols: readonly string[];
  /** The session to continue; missing for a new one. */
  readonly session?: string;
  /**
   * Number of messages of that session that have arrived at the client, which is the offset of the
   * next one.
   */
  readonly received: number;
}

/** The server's answer, its first message. */
export interface Welcome {
  /** Name of the session. A client that knows it can take the session over. */
  readonly session: string;
  /** Whether the requested session continues. */
  readonly resumed: boolean;
  /** Number of the client's messages that have arrived, which is the offset of the next one. */
  readonly received: number;
  /** The subprotocol of the application's messages, or `""`. */
  readonly protocol: string;
}

/** A message of the subprotocol itself. */
export type Control =
  /** A text of the program that begins with U+0000. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "acknowledge"; readonly received: number }
  | { readonly type: "hello"; readonly hello: Hello }
  | { readonly type: "welcome"; readonly welcome: Welcome };

const MARK = "\0", TEXT = "T", ACKNOWLEDGE = "A", HELLO = "H", WELCOME = "W";

/**
 * Whether a message begins with U+0000: it belongs to the subprotocol itself, or has to be marked
 * as text.
 */
export function isMarked(message: Message): message is string {
  return typeof message === "string" && message.charCodeAt(0) === 0;
}

/** Writes the hello. */
export function writeHello(hello: Hello): string {
  return MARK + HELLO + JSON.stringify(hello);
}

/** Writes the welcome. */
export function writeWelcome(welcome: Welcome): string {
  return MARK + WELCOME + JSON.stringify(welcome);
}

/** Writes the acknowledgement of all messages before this offset. */
export function writeAcknowledgement(received: number): string {
  return MARK + ACKNOWLEDGE + received;
}

/** Makes the form in which a message of the program is sent. */
export function writeMessage(message: Message): Message {
  return isMarked(message) ? MARK + TEXT + message : message;
}

/** Reads a marked message; `null` if it is malformed. */
export function readControl(data: string): Control | null {
  const content = data.slice(2);
  switch (data[1]) {
    case TEXT:
      return isMarked(content) ? { type: "text", text: content } : null;
    case ACKNOWLEDGE: {
      const received = readNumber(content);
      return received === null ? null : { type: "acknowledge", received };
    }
    case HELLO:
      return readHello(parseJson(content));
    case WELCOME:
      return readWelcome(parseJson(content));
    default:
      return null;
  }
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

function readHello(fields: Fields | null): Control | null {
  if (fields === null) return null;
  const { protocols, session, received } = fields;
  if (!isStrings(protocols) || !isCount(received)) return null;
  if (session === undefined) return { type: "hello", hello: { protocols, received } };
  return typeof session === "string"
    ? { type: "hello", hello: { protocols, session, received } }
    : null;
}

function readWelcome(fields: Fields | null): Control | null {
  if (fields === null) return null;
  const { session, resumed, received, protocol } = fields;
  if (typeof session !== "string" || typeof resumed !== "boolean") return null;
  if (!isCount(received) || typeof protocol !== "string") return null;
  return { type: "welcome", welcome: { session, resumed, received, protocol } };
}
