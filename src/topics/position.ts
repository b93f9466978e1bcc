/**
 * Positions of messages in a topic.
 *
 * @module
 */
import type { Message } from "../message.ts";

/**
 * The position of a message in its topic. The offsets of one epoch grow. An epoch ends when the
 * process or engine that kept the numbering has lost it.
 */
export interface Position {
  /** Name of the numbering that `offset` belongs to. */
  readonly epoch: string;
  /** Number of the message, from 1; 0 is before the first. */
  readonly offset: number;
}

/** Messages that a subscriber did not get. */
export interface Lost {
  /** Offset of the first lost message, in the epoch that the subscriber knew. */
  readonly from: number;
  /**
   * Offset of the last lost message. `null` if the epoch has ended: then all messages from `from`
   * on are lost, all of epochs in between, and all of the new epoch up to the position that is
   * reported with it.
   */
  readonly to: number | null;
}

/** Where a subscription begins: the next message is the first one after `offset`. */
export type Subscribed =
  | (Position & {
    /** All messages after `since` follow, in order. */
    readonly resumed: true;
  })
  | (Position & {
    /** The subscription begins at this position, without earlier messages. */
    readonly resumed: false;
    /** The messages after `since` that are missing; `null` without `since`. */
    readonly lost: Lost | null;
  });

/** A message for subscribers. */
export interface Published {
  /** The topic. */
  readonly name: string;
  /** The message, as it was published. */
  readonly message: Message;
  /** Position of the message if the topic has a history that has numbered it, otherwise `null`. */
  readonly position: Position | null;
  /**
   * Identifies the message in all processes, if a backplane keeps the history; otherwise `null`. A
   * message that was delivered early, without a position, has the same id in the history.
   */
  readonly id: string | null;
}

/** Throws a `TypeError` if the value is no position. */
export function checkPosition(option: string, value: Position): Position {
  const isOne = typeof value === "object" && value !== null && typeof value.epoch === "string" &&
    Number.isSafeInteger(value.offset) && value.offset >= 0;
  if (isOne) return value;
  throw new TypeError(`${option}: must be { epoch, offset }, as a subscription told it`);
}
