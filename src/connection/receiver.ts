/**
 * The two ways in which messages reach a handler share this face towards the wire.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";

/** Takes what the peer sent, for a handler that pulls ({@linkcode PullReceiver}) or is fed. */
export interface Receiver {
  /** Bytes of messages waiting to be taken. */
  readonly heldBytes: number;
  /** Whether the handler is at work on what it was given, and may still answer. */
  readonly isBusy: boolean;
  /** How a message that does not lie whole in its chunk shall come. */
  beginMessage(head: MessageHead): Delivery;
  /** A whole message. `false`: hold the peer back. */
  message(data: Message): boolean;
  /** A part of a message. `false`: hold the peer back. */
  fragment(data: Message, final: boolean): boolean;
  /** From here on the peer cannot be held back: what comes is the last. */
  ending(): void;
  /** No more will come; what waits may still be taken. */
  end(): void;
  /** Drops what waits: we have closed, nobody is to see it. */
  clear(): void;
}
