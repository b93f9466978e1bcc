/**
 * Options of sending a message. They have a module of their own, because a browser's client loads
 * no code that writes frames.
 *
 * @module
 */

/** Options of sending a message. */
export interface MessageOptions {
  /** Whether this ends the message. `false` sends a fragment, which the next call continues. */
  readonly final: boolean;
  /** Whether it may be compressed, if the endpoints agreed on compression. */
  readonly compress: boolean;
}

/** A message that is sent whole, and compressed if that makes it smaller. */
export const WHOLE_MESSAGE: MessageOptions = { final: true, compress: true };
