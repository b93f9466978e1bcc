/**
 * The interface of a connection to the code that runs its handler.
 *
 * @module
 */

/** The owner of a connection: it runs the connection's handler. */
export interface ConnectionOwner {
  /** The connection is `CLOSED`. */
  onClosed(): void;
  /** A call whose promise may be ignored has failed. Never throws. */
  onMistake(error: unknown): void;
  /** A ping arrived and was answered, or a pong arrived. Never rejects. */
  onFrame(kind: "ping" | "pong", payload: Uint8Array): void;
}
