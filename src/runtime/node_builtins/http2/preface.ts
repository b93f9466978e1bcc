/**
 * Distinguishes HTTP/2 from HTTP/1.1 by the first bytes of a socket.
 *
 * @module
 */
import type { Socket } from "node:net";
import { concat, EMPTY_BYTES } from "../../../bytes.ts";

/**
 * The first bytes of an HTTP/2 client (RFC 9113 section 3.4). No request of HTTP/1.1 begins with
 * them.
 */
const PREFACE = "PRI * HTTP/2.0";

/**
 * Whether these bytes begin HTTP/2. If there are fewer bytes than in the preface, only these are
 * compared.
 */
export function isPreface(first: Uint8Array): boolean {
  const { length } = PREFACE;
  const text = String.fromCharCode(...first.subarray(0, length));
  return text === PREFACE;
}

/**
 * Waits until enough bytes for the decision have arrived, and leaves them in the socket. Resolves
 * to `null` if the socket closes, or is dropped because they do not arrive in time.
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
      // Too few bytes are kept here. If they were put back, the socket would report them as
      // readable again and again.
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
