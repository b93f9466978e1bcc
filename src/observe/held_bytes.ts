/**
 * The bytes that connections hold.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import { Connection } from "../connection/connection.ts";

/** What one connection holds, or several. */
export interface HeldBytes {
  /** Wait to be given to the system. */
  readonly bufferedBytes: number;
  /** The peer has sent them, and the handler has not taken them. */
  readonly unreadBytes: number;
}

/** Looks at each of the connections. */
export function measureHeld(connections: Iterable<WebSocketConnection>): HeldBytes {
  let bufferedBytes = 0, unreadBytes = 0;
  for (const connection of connections) {
    bufferedBytes += connection.bufferedAmount;
    unreadBytes += Connection.unreadBytesOf(connection);
  }
  return { bufferedBytes, unreadBytes };
}
