/**
 * Sockets of HTTP/2, whose two directions end together: a session knows no half of itself.
 *
 * @module
 */
import type { Socket } from "node:net";

/**
 * Ends a socket when its peer has. Sessions do not hear of the end of a socket that may be half
 * open.
 */
export function endTogether(socket: Socket): void {
  socket.allowHalfOpen = false;
  socket.once("end", () => void socket.end());
}
