/**
 * Checks of arguments.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { WebSocketError } from "../errors.ts";
import { describe } from "../options.ts";
import { markHandled } from "../promises.ts";
import { BESIDE } from "./relay.ts";

/** Throws a `TypeError` if the value is no valid name of a topic. */
export function checkName(call: string, name: string): void {
  if (typeof name === "string" && name !== "" && !name.startsWith(BESIDE)) return;
  throw new TypeError(`${call}: the name of a topic must be a string, not empty, without U+0001`);
}

/** Throws a `TypeError` if the value is no connection. */
export function checkConnection(call: string, connection: unknown): void {
  if (typeof connection === "object" && connection !== null && "readyState" in connection) return;
  throw new TypeError(`${call}: connection must be a connection, not ${describe(connection)}`);
}

/** Copies a message, so that its owner cannot change it later. */
export function takeMessage(message: Message): Message {
  if (typeof message === "string") return message;
  if (message instanceof Uint8Array) return message.slice();
  throw new TypeError("publish: a message must be a string or a Uint8Array");
}

/** Makes the rejection of a subscription whose connection is not open. */
export function rejectClosed(): Promise<never> {
  const why = "subscribe: the connection is closing or closed";
  return markHandled(Promise.reject(new WebSocketError("ERR_CLOSED", why)));
}

/** Makes a name that no other process has. */
export function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(2)).reduce(
    (name, word) => name + word.toString(36),
    "",
  );
}
