/**
 * Measures the bytes that connections buffer.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import { Connection } from "../connection/connection.ts";

/** Buffered bytes of one or several connections. */
export interface HeldBytes {
  /** Bytes that wait to be given to the system. */
  readonly bufferedBytes: number;
  /** Bytes that have arrived and the handler has not taken. */
  readonly unreadBytes: number;
}

/** Adds up the bytes of the connections. */
export function measureHeld(connections: Iterable<WebSocketConnection>): HeldBytes {
  let bufferedBytes = 0, unreadBytes = 0;
  for (const connection of connections) {
    bufferedBytes += connection.bufferedAmount;
    const core = Connection.coreOf(connection);
    if (core !== null) unreadBytes += core.receiver.bufferedBytes + core.wire.unreadBytes;
  }
  return { bufferedBytes, unreadBytes };
}
