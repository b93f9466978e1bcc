/**
 * The seam between a connection and frames. A browser loads no frames, because its WebSocket
 * gives and takes whole messages; `framed/` implements these interfaces.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { CloseInfo, ReadyState } from "../handler.ts";
import type { EndingName } from "./endings.ts";
import type { Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import type { MessageLimits } from "./limits.ts";
import type { UnreadFragment } from "./inbox.ts";
import type { PullReceiver, PullReceiverOptions } from "./pull_receiver.ts";
import type { Violation } from "../protocol/violations.ts";

/** The end of a connection that its wire has decided. */
export interface WireFailure extends Pick<CloseInfo, "code" | "reason" | "cause"> {
  /** Its row of the table of endings. Default `"failure"`. */
  readonly ending?: EndingName;
}

/** The fragments of one message, in order. */
export type FragmentSource = AsyncIterable<Message> | Pick<ReadableStream<Message>, "getReader">;

/** A message that is read while it is sent: a stream, an iterable or a Blob. */
export type Streamed = FragmentSource | Blob;

/** The methods of a connection that its sender calls. */
export interface SenderHost {
  /** Throws when the connection is not open. */
  mustBeOpen(call: string): void;
  /** Sends now; throws when the connection is not open. */
  sendNow(message: Message, options: MessageOptions): void;
  /** Fulfilled when the wire can take more. */
  whenReady(): Promise<void>;
  /** Fails the connection and throws when more than `maxBufferedBytes` are waiting. */
  checkBuffered(): void;
  /** Closes the connection because the source of a message that was begun has failed. */
  closeAfterError(cause: unknown, reason: string): void;
}

/** Orders the sends of one connection. Its promises reject as `WebSocketConnection.send` says. */
export interface MessageSender {
  /** Whether a whole message can be sent directly: no send waits, and no message is unfinished. */
  readonly isIdle: boolean;
  /** Bytes taken from the caller that wait behind a stream. */
  readonly waitingBytes: number;
  /** Sends a message or a fragment, behind the streams that are being sent. */
  send(message: Message, options: MessageOptions): Promise<void>;
  /** Sends a stream or an iterable as the fragments of one message. */
  sendFragments(
    fragments: Streamed,
    options: MessageOptions,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /** Rejects waiting sends with this error, because the connection is closing. */
  fail(error: unknown): void;
}

/** Options of the reader of messages, fragments and streams. */
export interface FramedReaderOptions extends PullReceiverOptions {
  readonly wire: {
    pause(): void;
    resume(): void;
    /** Drops the rest of the message that is arriving. */
    discardMessage(): void;
  };
  /** Messages up to this size are kept while no read waits. */
  readonly maxMessageBytes: number;
}

/**
 * The delay between a broken rule and failing the connection. In it the handler can answer earlier
 * messages.
 */
export interface FailureDelay {
  failureDelay: "none" | "running" | "elapsed";
}

/** A connection whose failure is delayed. */
export interface FailingHost {
  readonly wire: { pause(): void; resume(): void };
  readonly context: { readonly platform: { readonly clock: Clock } };
}

/** Abilities of a wire that has frames. */
export interface FrameFeatures {
  /** Makes the sender of a connection, at its first send that needs one. */
  makeSender(host: SenderHost): MessageSender;
  /** Makes the receiver of a handler that reads. */
  makeReader(options: FramedReaderOptions): PullReceiver<Message | UnreadFragment>;
  /** The close code, reason and error of a broken rule. */
  failureOf(violation: Violation, limits: MessageLimits): WireFailure;
  /**
   * Delays the failure to the end of this turn of the event loop. Returns `false` if the delay is
   * over.
   */
  putsOffFailure(host: FailingHost, delay: FailureDelay): boolean;
}

/** The methods of a connection that its pings call. */
export interface PingsHost {
  readonly wire: {
    sendPing(payload: Uint8Array): void;
    sendPong(payload: Uint8Array): void;
  };
  /** Throws when the connection is not open. */
  mustBeOpen(call: string): void;
}

/** The pings of one connection that its handler sends (RFC 6455 sections 5.5.2 and 5.5.3). */
export interface PingTracker {
  /** Pings; resolves with the milliseconds until the pong. */
  measureRoundTrip(payload: Message | undefined): Promise<number>;
  /** Sends a pong that no ping asked for. */
  sendPong(payload: Message | undefined): void;
  /** A pong arrived. */
  onPong(payload: Uint8Array): void;
  /** The connection is closing: pings that wait are rejected. */
  fail(error: unknown): void;
}

/** A connection that keepalive watches. Keepalive stores fields of its own in it. */
export interface KeepaliveMember {
  /** Set when bytes arrive. */
  wasActive: boolean;
  /** Milliseconds of silence counted so far. The number is negative after a ping was sent. */
  silentMs: number;
  /**
   * Milliseconds counted so far in which the peer took too little of the output that waits for it.
   * The number is negative while only output in the system's buffers waits.
   */
  stalledMs: number;
  /** The value of `wire.takenBytes` when the count in `stalledMs` began. */
  takenMark: number;
  /**
   * Bytes per millisecond that the peer took while output last waited for it; 0 when no output
   * waits.
   */
  takenPerMs: number;
  readonly readyState: ReadyState;
  readonly wire: Pick<PingsHost["wire"], "sendPing"> & {
    /**
     * Whether this side does not read. It cannot receive a pong then, so silence proves nothing.
     */
    readonly isPaused: boolean;
    readonly bufferedAmount: number;
    readonly takenBytes: number;
  };
  /** The peer did not answer a ping in time, or does not take the output. */
  onKeepaliveTimeout(reason: string): void;
}

/** The methods of keepalive that a connection calls. */
export interface KeepaliveWatch {
  /** Watches a connection. */
  add(member: KeepaliveMember): void;
  /** Stops watching a connection. */
  delete(member: KeepaliveMember): void;
  /** Makes the pings of a connection, when its handler first asks for one. */
  makePings(host: PingsHost): PingTracker;
}
