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

/** The bytes of one connection. */
export function heldBytesOf(connection: WebSocketConnection): HeldBytes {
  const { bufferedAmount: bufferedBytes } = connection, core = Connection.coreOf(connection);
  const unreadBytes = core === null ? 0 : core.receiver.bufferedBytes + core.wire.unreadBytes;
  return { bufferedBytes, unreadBytes };
}

/** Adds up the bytes of the connections. */
export function measureHeld(connections: Iterable<WebSocketConnection>): HeldBytes {
  let bufferedBytes = 0, unreadBytes = 0;
  for (const connection of connections) {
    const held = heldBytesOf(connection);
    bufferedBytes += held.bufferedBytes;
    unreadBytes += held.unreadBytes;
  }
  return { bufferedBytes, unreadBytes };
}
