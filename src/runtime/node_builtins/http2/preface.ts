/**
 * The first bytes of a socket, by which HTTP/2 is told from HTTP/1.1.
 *
 * @module
 */
import type { Socket } from "node:net";
import { concat, EMPTY_BYTES } from "../../../bytes.ts";

/** How a client of HTTP/2 begins (RFC 9113 section 3.4); no method of HTTP/1.1 begins so. */
const PREFACE = "PRI * HTTP/2.0";

/** Whether these bytes begin HTTP/2. Fewer than the preface has are compared as far as they go. */
export function isPreface(first: Uint8Array): boolean {
  const { length } = PREFACE;
  const text = String.fromCharCode(...first.subarray(0, length));
  return text === PREFACE;
}

/**
 * Waits for as many bytes as tell, and leaves them in the socket. `null` if the socket is closed, or
 * has not sent them in time and is dropped.
 */
export function firstBytes(socket: Socket, timeoutMs: number): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    timer.unref();
    const leave = (bytes: Uint8Array | null): void => {
      clearTimeout(timer);
      socket.off("readable", look);
      socket.off("end", onEnd);
      socket.off("close", onClose);
      socket.off("error", onError);
      resolve(bytes);
    };
    let first: Uint8Array = EMPTY_BYTES;
    const look = (): void => {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Uint8Array)) return;
      first = concat([first, chunk]);
      // Few bytes are kept here: put back, they would be told as readable again and again.
      if (first.length < PREFACE.length && PREFACE.startsWith(ascii(first))) return;
      socket.unshift(first);
      leave(first);
    };
    const onEnd = (): void => void socket.destroy();
    const onClose = (): void => leave(null);
    const onError = (): void => {};
    socket.on("readable", look);
    socket.on("end", onEnd);
    socket.on("close", onClose);
    socket.on("error", onError);
  });
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
