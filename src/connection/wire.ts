/**
 * What a connection stands on: messages and control frames of one peer. The usual wire
 * speaks RFC 6455 over a transport ({@linkcode FrameWire}); a native WebSocket of the
 * platform is another.
 *
 * @module
 */
import type { Address, Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_writer.ts";
import type { ProtocolSink } from "../protocol/protocol_sink.ts";
import type { Unread } from "./endings.ts";
import type { FrameFeatures, WireFailure } from "./framing.ts";

/** Receives what happens on a wire. None of these may throw. */
export interface WireSink extends ProtocolSink {
  /** Bytes arrived: the peer is alive. */
  heard(): void;
  /** The wire can take more, after `isCongested` was true. */
  drained(): void;
  /** What follows is all that is left: nothing may be put off by `hold` any more. */
  ending(): void;
  /** The peer will send no more. */
  ended(): void;
  /** The wire had to end the connection itself; where it can, it has told the peer. */
  failed(ending: WireFailure): void;
  /** The wire is gone. Called once and last. */
  lost(cause?: unknown): void;
}

/** The peer of one connection, as messages and control frames. */
export interface Wire {
  /** The other end, if known. */
  readonly remoteAddress: Address | null;
  /** Bytes taken and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Whether more than the high-water mark is waiting; `drained` follows. */
  readonly isCongested: boolean;
  /** Whether we have stopped listening to the peer. */
  readonly isHeld: boolean;
  /** What needs frames of our own; `null` for a native WebSocket, which gives and takes whole messages. */
  readonly frames: FrameFeatures | null;
  /** Begins to listen. */
  start(sink: WireSink): void;
  /** Takes bytes that came with the opening handshake. */
  receive(rest: Uint8Array): void;
  /** Sends a message or a fragment of one. */
  sendMessage(message: Message, options: MessageOptions): void;
  /** Sends a ping. */
  sendPing(payload: Uint8Array): void;
  /** Sends a pong. */
  sendPong(payload: Uint8Array): void;
  /** Throws when code or reason may not be sent, and `ERR_NOT_SUPPORTED` when this wire cannot. */
  checkClose(code: number, reason: string): void;
  /** Sends Close; from now on the peer's messages are dropped. */
  sendClose(code: number | undefined, reason: string): void;
  /** The sink cannot take more: it is about to return `false` or `"wait"`. */
  hold(): void;
  /** The sink can take more. */
  resume(): void;
  /** Drops the rest of the message that is arriving. */
  discardMessage(): void;
  /** Gathers what is sent until `uncork`. */
  cork(): void;
  /** Sends what was gathered. */
  uncork(): void;
  /** The closing handshake is over: ends the transport, if that is our part (RFC 6455 section 7.1.1). */
  finish(): void;
  /** Ends the transport in good order, after all that was sent. */
  end(): void;
  /**
   * Drops the transport now. With `"drop"` nothing that came is passed on any more; with
   * `"keep"` what came is decoded first. Then `lost` is called.
   */
  abort(unread: Unread): void;
}
