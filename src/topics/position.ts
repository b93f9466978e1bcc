/**
 * Where a message is in the sequence of its topic, and what a subscriber is told about it.
 *
 * @module
 */
import type { Message } from "../message.ts";

/**
 * The place of a message in its topic. The offsets of one epoch grow; an epoch ends when the
 * numbering cannot be continued: the process or the engine that kept it has lost it.
 */
export interface Position {
  /** Names the numbering that `offset` belongs to. */
  readonly epoch: string;
  /** Number of the message, from 1; 0 is before the first. */
  readonly offset: number;
}

/** Messages that a subscriber did not get. */
export interface Lost {
  /** Offset of the first, in the epoch that the subscriber knew. */
  readonly from: number;
  /**
   * Offset of the last. `null` when the epoch has ended: all that followed `from` in it, and in
   * the new epoch all up to the position that is told with it.
   */
  readonly to: number | null;
}

/** Where a subscription begins: the next message is the first one after `offset`. */
export type Subscribed =
  | (Position & {
    /** All that was published after `since` comes, in order. */
    readonly resumed: true;
  })
  | (Position & {
    /** The subscription begins at this position, without what came before. */
    readonly resumed: false;
    /** What was published after `since` and does not come; `null` without a `since`. */
    readonly lost: Lost | null;
  });

/** A message as subscribers are given it. */
export interface Published {
  /** The topic. */
  readonly name: string;
  /** The message, as it was published. */
  readonly message: Message;
  /** Its place, where the topic has a history; else `null`. */
  readonly position: Position | null;
}

/** Throws a `TypeError` unless it is a position. */
export function checkPosition(option: string, value: Position): Position {
  const isOne = typeof value === "object" && value !== null && typeof value.epoch === "string" &&
    Number.isSafeInteger(value.offset) && value.offset >= 0;
  if (isOne) return value;
  throw new TypeError(`${option}: must be { epoch, offset }, as a subscription told it`);
}
