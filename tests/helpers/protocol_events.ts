/**
 * What a sender does and a receiver hears, in a form that tests can write down and compare.
 *
 * @module
 */
import type { Message } from "../../src/message.ts";
import type { Violation } from "../../src/protocol/violations.ts";
import { concat } from "./bits.ts";

/** One thing an endpoint sends: a message or fragment, a control frame. */
export type Sent =
  | { readonly message: Message; readonly final?: false }
  | { readonly ping: Message }
  | { readonly pong: Message }
  | { readonly close: readonly [code?: number, reason?: string] };

const LONG = 100;
const encoder = new TextEncoder();

/** Names a message; long ones by length and hash, so that comparing them is cheap. */
export function nameMessage(data: Message): string {
  const type = typeof data === "string" ? "text" : "binary";
  if (data.length > LONG) return `${type} ${data.length} #${hash(data)}`;
  return `${type} ${typeof data === "string" ? JSON.stringify(data) : toHex(data)}`;
}

/** Names a fragment. */
export function nameFragment(data: Message, final: boolean): string {
  return `${final ? "last " : ""}fragment ${nameMessage(data)}`;
}

/** Names a ping or pong. */
export function nameControl(kind: "ping" | "pong", payload: Message): string {
  return `${kind} ${toHex(typeof payload === "string" ? encoder.encode(payload) : payload)}`;
}

/** Names the peer's Close. */
export function nameClose(code: number, reason: string): string {
  return `close ${code} ${JSON.stringify(reason)}`;
}

/** Names a failure (section 7.1.7). */
export function nameFailure(violation: Violation): string {
  return `fail ${violation.code} ${violation.rule}`;
}

/** The events of the receiver of `sent`: whole messages, or each fragment. */
export function nameAll(sent: readonly Sent[], by: "message" | "fragment"): string[] {
  const events: string[] = [];
  let parts: Message[] = [];
  for (const item of sent) {
    if ("ping" in item) events.push(nameControl("ping", item.ping));
    else if ("pong" in item) events.push(nameControl("pong", item.pong));
    else if ("close" in item) events.push(nameClose(item.close[0] ?? 1005, item.close[1] ?? ""));
    else if (by === "fragment") events.push(nameFragment(item.message, item.final !== false));
    else {
      parts.push(item.message);
      if (item.final === false) continue;
      events.push(nameMessage(join(parts)));
      parts = [];
    }
  }
  return events;
}

/** Joins the fragments of one message. */
export function join(parts: readonly Message[]): Message {
  if (typeof parts[0] === "string") return parts.join("");
  return concat(parts.filter((part) => part instanceof Uint8Array));
}

/** Bytes as hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** FNV-1a. */
function hash(data: Message): string {
  let state = 0x811c9dc5;
  for (let index = 0; index < data.length; index++) {
    const unit = typeof data === "string" ? data.charCodeAt(index) : data[index]!;
    state = Math.imul(state ^ unit, 0x01000193);
  }
  return (state >>> 0).toString(16);
}
