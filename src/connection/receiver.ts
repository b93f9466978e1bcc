/**
 * The receiver of a connection's messages.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";

/**
 * - `open`: messages can arrive.
 * - `ending`: the transport has ended or was aborted. The messages that are left are the last, and
 *   the peer cannot be paused.
 * - `ended`: no message follows.
 */
export type ReceiverState = "open" | "ending" | "ended";

/** Takes the peer's messages, for a handler that reads ({@linkcode PullReceiver}) or is fed. */
export interface Receiver {
  /** Bytes of messages that the handler has not taken. */
  readonly bufferedBytes: number;
  /** Whether the handler is working on a message, which it may still answer. */
  readonly isBusy: boolean;
  /** Chooses the delivery of a message that is not contained in one chunk. */
  beginMessage(head: MessageHead): Delivery;
  /** A whole message arrived. Returns `false` to pause the peer. */
  onMessage(data: Message): boolean;
  /** A fragment arrived. Returns `false` to pause the peer. */
  onFragment(data: Message, final: boolean): boolean;
  /**
   * The transport has ended. The remaining messages follow at once, and the peer can no longer be
   * paused.
   */
  onEnding(): void;
  /** No message follows. Messages that wait can still be taken. */
  onEnd(): void;
  /** Drops the messages that wait. */
  discard(): void;
  /** Calls back when the handler works on no message. Until then it gets no further message. */
  whenIdle(callback: () => void): void;
}
