/**
 * The calls by which a protocol machine tells its owner about the peer. They are calls and not
 * event objects, so that a message costs no allocation but its own.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import type { Violation } from "./violations.ts";

/**
 * How a message is delivered:
 *
 * - `"message"`: whole. It fails the connection if it exceeds the limit.
 * - `"fragment"`: frame by frame (RFC 6455 section 5.4). Each frame has to keep the limit.
 * - `"chunk"`: as its bytes arrive. There is no limit, because nothing is buffered.
 * - `"discard"`: not at all.
 * - `"wait"`: not yet. The message stays in the chunk until `receive` is called again, and
 *   `beginMessage` is then called again, too.
 */
export type Delivery = "message" | "fragment" | "chunk" | "discard" | "wait";

/** Facts about a message from its first header. */
export interface MessageHead {
  /** Text or binary, by the opcode (RFC 6455 section 5.6). */
  readonly type: MessageType;
  /** Whether the message is a single frame. */
  readonly isWhole: boolean;
  /**
   * Payload length of the first frame in bytes. `Infinity` for a large encoded message, whose
   * length after decoding is not known.
   */
  readonly frameBytes: number;
  /** Whether an extension has encoded the message (RFC 6455 section 5.2, RSV1). */
  readonly isEncoded: boolean;
}

/** Receives what the peer sent. No method may throw. */
export interface ProtocolSink {
  /**
   * Chooses the delivery of a message that begins. It is not asked about a message that lies whole
   * in the chunk at hand and keeps the limit: that one is delivered by `onMessage`. It is asked a
   * second time about an encoded message whose decoded content turns out to be large.
   */
  beginMessage(head: MessageHead): Delivery;
  /**
   * A whole message arrived. It belongs to the sink. Returns `false` to receive nothing more until
   * `receive` is called again.
   */
  onMessage(data: Message): boolean;
  /**
   * A part of a message with the delivery `"fragment"` or `"chunk"` arrived; `final` ends the
   * message. Returns `false` as `onMessage` does.
   */
  onFragment(data: Message, final: boolean): boolean;
  /** An extension has decoded a message to this many bytes; `onMessage` follows. */
  onDecoded?(bytes: number): void;
  /**
   * Whether reading should stop until `receive` is called again. It is asked after a ping or pong.
   */
  readonly needsBreak?: boolean;
  /** A ping (RFC 6455 section 5.5.2). Its pong is already written. */
  onPing(payload: Uint8Array): void;
  /** A pong (RFC 6455 section 5.5.3). */
  onPong(payload: Uint8Array): void;
  /**
   * The peer's Close, already answered (RFC 6455 section 5.5.1). `code` is 1005 if the frame was
   * empty. No call follows.
   */
  onClose(code: number, reason: string): void;
  /**
   * Asks, after the peer broke a rule, whether to fail the connection now. `false` delays it until
   * the next call of `receive`, so that messages before the violation can be answered. Without this
   * method the connection fails at once.
   */
  shouldFailNow?(): boolean;
  /**
   * The connection has failed (RFC 6455 section 7.1.7); a Close with the violation's code is
   * written. No call follows.
   */
  onViolation(violation: Violation): void;
}
