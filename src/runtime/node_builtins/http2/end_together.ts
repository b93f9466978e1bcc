/**
 * Sockets of HTTP/2. Their two directions end together, because a session cannot be half open.
 *
 * @module
 */
import type { Socket } from "node:net";

/**
 * Ends a socket when its peer has ended. Sessions are not told of the end of a socket that may be
 * half open.
 */
export function endTogether(socket: Socket): void {
  socket.allowHalfOpen = false;
  socket.once("end", () => void socket.end());
}
