/**
 * The interface under a connection: the messages and control frames of one peer. {@linkcode
 * FrameWire} implements it with RFC 6455 frames over a transport, and {@linkcode NativeWire} with a
 * native WebSocket of the platform.
 *
 * @module
 */
import type { Address, Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import type { ProtocolSink } from "../protocol/protocol_sink.ts";
import type { Unread } from "./endings.ts";
import type { FrameFeatures, Streamed, WireFailure } from "./framing.ts";

/** Receives the events of a wire. No method may throw. */
export interface WireSink extends ProtocolSink {
  /**
   * Units of work done for the peer in this turn. At `WORK_PER_TURN` the wire rests for a turn and
   * resets it.
   */
  work: number;
  /**
   * The peer is alive: this many bytes arrived. A native WebSocket reports the length of a message,
   * and 0 for a ping or pong.
   */
  onActivity(bytes: number): void;
  /** The wire can take more, after `isCongested` was `true`. */
  onDrain(): void;
  /** The transport has ended. The remaining messages follow, and `pause` has no effect any more. */
  onEnding(): void;
  /** The peer ended the transport; nothing follows. */
  onEnd(): void;
  /** The wire failed the connection. If possible, a Close frame was sent. */
  onFailed(ending: WireFailure): void;
  /** The wire is gone. Called once and last; `cause` tells of a failure. */
  onClosed(cause?: unknown): void;
}

/** Sends and receives the messages and control frames of one connection. */
export interface Wire {
  /** The other end, if known. */
  readonly remoteAddress: Address | null;
  /** Bytes accepted and not yet given to the system. */
  readonly bufferedAmount: number;
  /**
   * Bytes that had to wait and were then given to the system; 0 where the platform does not report
   * them.
   */
  readonly takenBytes: number;
  /** Bytes that arrived and were not passed on, because reading is paused. */
  readonly unreadBytes: number;
  /** Whether more than the high-water mark is buffered; `onDrain` follows. */
  readonly isCongested: boolean;
  /** Whether reading is paused. */
  readonly isPaused: boolean;
  /**
   * Features that need frames. `null` for a native WebSocket, which sends and delivers whole
   * messages only.
   */
  readonly frames: FrameFeatures | null;
  /** Begins to listen. */
  start(sink: WireSink): void;
  /** Takes bytes that arrived with the head of the opening handshake. */
  receive(early: Uint8Array): void;
  /** Sends a message or a fragment of one. */
  sendMessage(message: Message, options: MessageOptions): void;
  /** Sends a Blob, or throws `ERR_NOT_SUPPORTED`. Called only if `frames` is `null`. */
  sendStreamed(message: Streamed, options: MessageOptions): void;
  /** Sends a ping. */
  sendPing(payload: Uint8Array): void;
  /** Sends a pong. */
  sendPong(payload: Uint8Array): void;
  /**
   * Throws if the code or reason must not be sent, and `ERR_NOT_SUPPORTED` if this wire cannot send
   * it.
   */
  checkClose(code: number, reason: string): void;
  /** Sends Close; from now on the peer's messages are dropped. */
  sendClose(code: number | undefined, reason: string): void;
  /** Pauses messages. The sink calls it before it returns `false` or `"wait"`. */
  pause(): void;
  /** Resumes messages. */
  resume(): void;
  /** Drops the rest of the message that is arriving. */
  discardMessage(): void;
  /**
   * Ignores everything that the peer sends from now on: the connection has failed (RFC 6455 section
   * 7.1.7).
   */
  ignoreInput(): void;
  /** Collects output until `uncork`. Called while messages are delivered. */
  cork(): void;
  /** Writes the collected output. */
  uncork(): void;
  /** The closing handshake is complete: a server ends the transport (RFC 6455 section 7.1.1). */
  finish(): void;
  /** Ends the transport (FIN) after all output. */
  end(): void;
  /**
   * Drops the transport now; `onClosed` follows. With `"keep"`, data that had arrived is decoded
   * before; with `"drop"`, nothing is passed on any more.
   */
  abort(unread: Unread): void;
}
