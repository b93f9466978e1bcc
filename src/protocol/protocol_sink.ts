/**
 * What the protocol machine tells its owner. Calls, not event objects: the fast path
 * allocates nothing per message but the message.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import type { Violation } from "./violations.ts";

/**
 * How a message is passed on: whole; frame by frame; as its bytes arrive; not at all.
 * `"wait"` leaves it on the wire until `receive` is called again.
 */
export type Delivery = "message" | "fragment" | "chunk" | "discard" | "wait";

/** What is known of a message from its first header. */
export interface MessageHead {
  /** By its opcode. */
  readonly type: MessageType;
  /** Whether the first frame is the whole message. */
  readonly isWhole: boolean;
  /** Length of the first frame's payload in bytes; `Infinity` of a large encoded one: decoded, it may have any. */
  readonly frameBytes: number;
  /** Whether an extension has encoded the message. */
  readonly isEncoded: boolean;
}

/** Receives what the peer sent. None of these may throw. */
export interface ProtocolSink {
  /**
   * A message begins that does not lie whole in the chunk at hand, or is larger than the
   * limit: how shall it come? `"message"` fails the connection if it exceeds the limit. Asked
   * once more of an encoded message that proved large when it was decoded.
   */
  beginMessage(head: MessageHead): Delivery;
  /** A whole message, which is the sink's for good. Returns `false` to decode no further for now. */
  onMessage(data: Message): boolean;
  /** A part of a message delivered by `"fragment"` or `"chunk"`. `false`: no further for now. */
  onFragment(data: Message, final: boolean): boolean;
  /** A ping, already answered. */
  onPing(payload: Uint8Array): void;
  /** A pong. */
  onPong(payload: Uint8Array): void;
  /** The peer's Close, already answered; 1005 when it carried no code. Nothing follows. */
  onClose(code: number, reason: string): void;
  /**
   * The peer has broken a rule: may the connection be failed now? `false`: not before `receive`
   * is called again, since what came before may still be answered. Default: at once.
   */
  shouldFailNow?(): boolean;
  /** The peer broke a rule; our Close with its code is written. Nothing follows. */
  onViolation(violation: Violation): void;
}
