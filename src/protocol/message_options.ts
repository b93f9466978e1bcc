/**
 * How a message is sent. A browser's client loads these few lines, and nothing that writes frames.
 *
 * @module
 */

/** How a message is sent. */
export interface MessageOptions {
  /** Whether this ends the message. `false` sends a fragment, which the next call continues. */
  readonly final: boolean;
  /** Whether it may be compressed, if the endpoints agreed on compression. */
  readonly compress: boolean;
}

/** A message that is sent whole, and compressed if that makes it smaller. */
export const WHOLE_MESSAGE: MessageOptions = { final: true, compress: true };
