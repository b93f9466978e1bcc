/**
 * Messages whose bytes are gone, because the owner of another message has transferred the buffer
 * that they shared. Over a native WebSocket this cannot happen, so a browser's client does not load
 * this module: there each message has a buffer of its own.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { WebSocketError } from "../errors.ts";

/** The error of a message whose buffer was transferred together with another message in it. */
export function transferredError(): WebSocketError {
  return new WebSocketError(
    "ERR_TRANSFERRED",
    "a message was transferred, and others in its buffer with it: transfer a copy, message.slice()",
  );
}

/** Throws if the bytes of a message that waited are gone. */
export function checkTransferred(data: Message): void {
  if (typeof data !== "string" && data.length === 0 && isDetached(data.buffer)) {
    throw transferredError();
  }
}

/** Not every version of TypeScript that we support declares `ArrayBuffer.detached`. */
function isDetached(buffer: ArrayBufferLike & { readonly detached?: boolean }): boolean {
  return buffer.detached === true;
}
