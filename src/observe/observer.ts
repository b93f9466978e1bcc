/**
 * The interface of observers.
 *
 * @module
 */
import type { CloseInfo, SendingConnection } from "../handler.ts";
import type { Dropped } from "../server/drops.ts";
import type { RefusedUpgrade } from "../server/refusal_report.ts";

/** A connection that has opened. */
export interface OpenedConnection {
  /** The connection. */
  readonly connection: SendingConnection;
  /** Milliseconds from the beginning of the opening handshake until it was accepted. */
  readonly handshakeMs: number;
}

/** A connection that has closed. */
export interface ClosedConnection {
  /** The connection. */
  readonly connection: SendingConnection;
  /** How it ended: code, initiator and cause. */
  readonly closing: CloseInfo;
  /** Milliseconds for which it was open. */
  readonly durationMs: number;
}

/** A message that a topic of `./topics` did not send to one of its subscribers. */
export interface DroppedMessage extends Dropped {
  /** The connection that is too slow. */
  readonly connection: SendingConnection;
}

/**
 * Observes the connections of a server. All methods are optional, so that only those which are
 * present have a cost. An error that a method throws is printed on the console and does not affect
 * the connection.
 */
export interface Observer {
  /** A connection has opened; its handler has not run yet. */
  onOpen?(opened: OpenedConnection): void;
  /** An opening handshake was refused; `rule` names the reason. */
  onRefuse?(refused: RefusedUpgrade): void;
  /**
   * A message arrived. `size` is its length: bytes of a binary message, or UTF-16 code units of a
   * text, which equal the bytes if it is ASCII. Counting the bytes of a text would require reading
   * all of it.
   */
  onReceive?(connection: SendingConnection, size: number): void;
  /**
   * A message or a fragment was sent. Messages of `./topics` are included, if the connection has
   * frames of our own.
   */
  onSend?(connection: SendingConnection, size: number): void;
  /**
   * A message of a topic was not sent, by the policy of the subscription, because the receiver does
   * not keep up. `Topics.dropped` counts the same messages.
   */
  onDrop?(dropped: DroppedMessage): void;
  /** A ping of keepalive or of `connection.ping()` was answered. */
  onRoundTrip?(connection: SendingConnection, milliseconds: number): void;
  /** A connection has closed. */
  onClose?(closed: ClosedConnection): void;
}
