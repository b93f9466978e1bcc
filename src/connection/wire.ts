/**
 * The seam under a connection: the messages and control frames of one peer. One implementation
 * speaks RFC 6455 over a transport ({@linkcode FrameWire}), another stands on a native WebSocket
 * of the platform ({@linkcode NativeWire}).
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
  /** Units of work done for the peer; the wire rests for a turn and sets it back at `WORK_PER_TURN`. */
  work: number;
  /** Bytes arrived, so many; of a native WebSocket a message, or 0 for a ping or pong. The peer is alive. */
  onActivity(bytes: number): void;
  /** The wire can take more, after `isCongested` was `true`. */
  onDrain(): void;
  /** The messages that follow are the last: `pause` has no effect any more. */
  onEnding(): void;
  /** The peer ended the transport; nothing follows. */
  onEnd(): void;
  /** The wire failed the connection. If possible, a Close frame was sent. */
  onFailed(ending: WireFailure): void;
  /** The wire is gone. Called once and last; `cause` tells of a failure. */
  onClosed(cause?: unknown): void;
}

/** The peer of one connection, as messages and control frames. */
export interface Wire {
  /** The other end, if known. */
  readonly remoteAddress: Address | null;
  /** Bytes accepted and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Bytes that had to wait and were then given to the system; 0 where the platform does not tell. */
  readonly takenBytes: number;
  /** Bytes that have arrived and were not passed on, because messages are held back. */
  readonly unreadBytes: number;
  /** Whether more than the high-water mark is buffered; `onDrain` follows. */
  readonly isCongested: boolean;
  /** Whether messages are held back. */
  readonly isPaused: boolean;
  /** Abilities that need frames; `null` for a native WebSocket, which takes and gives whole messages. */
  readonly frames: FrameFeatures | null;
  /** Begins to listen. */
  start(sink: WireSink): void;
  /** Takes bytes that arrived with the head of the opening handshake. */
  receive(early: Uint8Array): void;
  /** Sends a message or a fragment of one. */
  sendMessage(message: Message, options: MessageOptions): void;
  /** Of a wire without frames: sends a Blob, or throws `ERR_NOT_SUPPORTED`. */
  sendStreamed(message: Streamed, options: MessageOptions): void;
  /** Sends a ping. */
  sendPing(payload: Uint8Array): void;
  /** Sends a pong. */
  sendPong(payload: Uint8Array): void;
  /** Throws when code or reason may not be sent, and `ERR_NOT_SUPPORTED` when this wire cannot. */
  checkClose(code: number, reason: string): void;
  /** Sends Close; from now on the peer's messages are dropped. */
  sendClose(code: number | undefined, reason: string): void;
  /** Holds messages back, when the sink is about to return `false` or `"wait"`. */
  pause(): void;
  /** Passes messages on again. */
  resume(): void;
  /** Drops the rest of the message that is arriving. */
  discardMessage(): void;
  /** Gathers output until `uncork`, while messages are delivered. */
  cork(): void;
  /** Writes the gathered output. */
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
