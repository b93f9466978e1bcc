/**
 * The seam between a connection and the frames below it: the interfaces of everything that a
 * browser does not load, because its WebSocket has no frames. `framed/` implements them.
 *
 * @module
 */
import type { CloseInfo, MessageStream, ReadyState } from "../handler.ts";
import type { Message, MessageType } from "../message.ts";
import type { MessageOptions } from "../protocol/message_writer.ts";
import type { Violation } from "../protocol/violations.ts";

/** An end that the wire decided on, and why. */
export type WireFailure = Pick<CloseInfo, "code" | "reason" | "cause">;

/** The fragments of one message, in order. */
export type FragmentSource = AsyncIterable<Message> | Pick<ReadableStream<Message>, "getReader">;

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
  /** A message was begun and cannot be finished. */
  failMessage(error: unknown): void;
}

/** Orders the sends of one connection. Its promises reject as `WebSocketConnection.send` says. */
export interface MessageSender {
  /** Whether a whole message can be sent past it: nothing waits, and no message is unfinished. */
  readonly isIdle: boolean;
  /** Bytes taken from the caller that wait behind a stream. */
  readonly waitingBytes: number;
  /** Sends a message or a fragment, behind the streams that are being sent. */
  send(message: Message, options: MessageOptions): Promise<void>;
  /** Sends a stream or an iterable as the fragments of one message. */
  sendFragments(
    fragments: FragmentSource,
    options: MessageOptions,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /** The connection is closing: waiting for a stream's next fragment ends with this error. */
  fail(error: unknown): void;
}

/** The parts of a wire that a stream of one message drives. */
export interface StreamedWire {
  /** The reader can take more. */
  resume(): void;
  /** Drops the rest of the message that is arriving. */
  discardMessage(): void;
}

/** One message that is read as it arrives. */
export interface StreamedMessage {
  /** Whether it takes no more: it has all of its message, or will never have. */
  readonly isOver: boolean;
  /** Bytes that its reader has not taken yet. */
  readonly queuedBytes: number;
  /** The stream that the handler is given. */
  face(type: MessageType): MessageStream;
  /** Takes a part; `false` when the reader has enough for now. */
  push(data: Message, final: boolean): boolean;
  /** The message will never be complete. */
  cutShort(): void;
}

/** Abilities of a wire that has frames. */
export interface FrameFeatures {
  /** Makes what orders the sends of a connection, when it first needs it. */
  makeSender(host: SenderHost): MessageSender;
  /** Makes the stream of a message that is read as it arrives. */
  makeStream(wire: StreamedWire): StreamedMessage;
  /** The end of a connection whose peer broke a rule. */
  failureOf(violation: Violation): WireFailure;
}

/** What pings ask of their connection. */
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
  answered(payload: Uint8Array): void;
  /** No pong will come any more. */
  fail(error: unknown): void;
}

/** A connection that keepalive watches. Keepalive stores two fields of its own in it. */
export interface KeepaliveMember {
  /** Set when bytes arrive. */
  wasActive: boolean;
  /** Milliseconds of silence counted so far; negative once a ping was sent. */
  silentMs: number;
  /** Whether this side does not read: it would not see a pong, so that silence means nothing. */
  readonly isReadPaused: boolean;
  readonly readyState: ReadyState;
  readonly wire: Pick<PingsHost["wire"], "sendPing">;
  /** The peer did not answer a ping in time. */
  onKeepaliveTimeout(reason: string): void;
}

/** Keepalive, as a connection sees it. */
export interface KeepaliveWatch {
  /** Watches a connection. */
  add(member: KeepaliveMember): void;
  /** Watches it no more. */
  delete(member: KeepaliveMember): void;
  /** Makes the pings of a connection, when its handler first asks for one. */
  makePings(host: PingsHost): PingTracker;
}
