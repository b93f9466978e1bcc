/**
 * What can be seen of a server's connections.
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

/** A connection that is over. */
export interface ClosedConnection {
  /** The connection. */
  readonly connection: SendingConnection;
  /** How it ended: code, initiator and cause. */
  readonly closing: CloseInfo;
  /** Milliseconds that it was open. */
  readonly durationMs: number;
}

/** A message that a topic of `./topics` did not send to one of its subscribers. */
export interface DroppedMessage extends Dropped {
  /** The connection that is too slow. */
  readonly connection: SendingConnection;
}

/**
 * Looks on at the connections of a server. All methods may be missing, so that only what is there
 * costs. An error that one of them throws is printed on the console, and the connection goes on.
 */
export interface Observer {
  /** A connection has opened; its handler has not run yet. */
  onOpen?(opened: OpenedConnection): void;
  /** An opening handshake was refused; `rule` names the reason. */
  onRefuse?(refused: RefusedUpgrade): void;
  /**
   * A message arrived. `size` is its length: bytes of a binary message, UTF-16 code units of a text
   * (as many as bytes, while it is ASCII). Counting a text's bytes would read all of it.
   */
  onReceive?(connection: SendingConnection, size: number): void;
  /** A message, or a fragment of one, was sent; also by `./topics`, over frames of our own. */
  onSend?(connection: SendingConnection, size: number): void;
  /**
   * A topic has left out a message for a receiver that does not keep up, by the policy of its
   * subscription. `Topics.dropped` counts the same.
   */
  onDrop?(dropped: DroppedMessage): void;
  /** A ping was answered, of keepalive or of `connection.ping()`. */
  onRoundTrip?(connection: SendingConnection, milliseconds: number): void;
  /** A connection is over. */
  onClose?(closed: ClosedConnection): void;
}
