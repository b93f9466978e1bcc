/**
 * The first bytes of a socket, by which HTTP/2 is told from HTTP/1.1.
 *
 * @module
 */
import type { Socket } from "node:net";

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
    const leave = (first: Uint8Array | null): void => {
      clearTimeout(timer);
      socket.off("readable", look);
      socket.off("close", onClose);
      socket.off("error", onError);
      resolve(first);
    };
    const look = (): void => {
      const first: unknown = socket.read();
      if (!(first instanceof Uint8Array)) {
        if (socket.readableEnded) socket.destroy();
        return;
      }
      socket.unshift(first);
      if (first.length >= PREFACE.length || !PREFACE.startsWith(ascii(first))) leave(first);
    };
    const onClose = (): void => leave(null);
    const onError = (): void => {};
    socket.on("readable", look);
    socket.on("close", onClose);
    socket.on("error", onError);
  });
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
