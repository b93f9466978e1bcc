/**
 * The receiver of a connection's messages.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";

/**
 * `open`; `ending`: the transport has ended or was aborted, the messages left are the last, and the
 * peer cannot be held back; `ended`: no message follows.
 */
export type ReceiverState = "open" | "ending" | "ended";

/** Takes the peer's messages, for a handler that reads ({@linkcode PullReceiver}) or is fed. */
export interface Receiver {
  /** Bytes of messages that the handler has not taken. */
  readonly bufferedBytes: number;
  /** Whether the handler is still working on a message, so that it may send an answer. */
  readonly isBusy: boolean;
  /** Chooses how a message that does not lie whole in its chunk is passed on. */
  beginMessage(head: MessageHead): Delivery;
  /** A whole message. Returns `false` to hold the peer back. */
  onMessage(data: Message): boolean;
  /** A fragment of a message. Returns `false` to hold the peer back. */
  onFragment(data: Message, final: boolean): boolean;
  /** The messages that follow are the last, and come at once: the peer cannot be held back. */
  onEnding(): void;
  /** No message follows. Those that wait may still be taken. */
  onEnd(): void;
  /** Drops the messages that wait. */
  discard(): void;
  /** Calls back once the handler works on no message, and gives it no further one until then. */
  whenIdle(callback: () => void): void;
}
