/**
 * What carries topics to the other processes.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { HistoryOptions } from "./history.ts";
import type { Lost, Position } from "./position.ts";

/** One message between processes. */
export interface Relayed {
  /** The topic. */
  readonly name: string;
  readonly message: Message;
  /** Whether it may be compressed on its way to subscribers. */
  readonly compress: boolean;
  /** The process that published it, so that it takes no message of its own for one of others. */
  readonly origin: string;
  /** Grows with each message of its origin: a message that comes twice is recognised by it. */
  readonly sequence: number;
}

/** A message as the engine gives it. */
export interface Delivered extends Relayed {
  /** Its place in the topic, where the engine keeps a history; else `null`. */
  readonly position: Position | null;
}

/** A part of a topic's history. */
export interface RelayedPage {
  /** Position before the first of `messages`; the last position of the topic if there are none. */
  readonly position: Position;
  /** All messages after `position`, in order. */
  readonly messages: readonly Delivered[];
  /** What was asked for and is not there any more. */
  readonly lost: Lost | null;
}

/** What a backplane tells. None of these throw. */
export interface BackplaneEvents {
  /** A message of a topic that is subscribed; with a history also those of this process. In order. */
  onMessage(delivered: Delivered): void;
  /** Messages of a topic that is subscribed did not come, and will not. What comes next is after `position`. */
  onLost(name: string, lost: Lost, position: Position): void;
  /** The engine is gone, for the time being. */
  onDown(cause: unknown): void;
  /** The engine is there, and all topics are subscribed again. */
  onUp(): void;
}

/** What a backplane is started with. */
export interface BackplaneStart {
  readonly events: BackplaneEvents;
  /** Names this process in all that it publishes. */
  readonly origin: string;
  /** The history that is wanted; `null` for none. */
  readonly history: HistoryOptions | null;
}

/**
 * An engine that carries messages between the processes that use it. {@linkcode Topics} is its only
 * user; write one to use an engine for which there is none.
 */
export interface Backplane {
  /** Called once, before all else. */
  start(start: BackplaneStart): Promise<void>;
  /**
   * Fulfilled when the engine has taken the message; messages of one topic arrive in the order of
   * the calls. Rejects when it cannot be known whether the engine has it: the call is repeated,
   * in order, after `onUp`, and where there is a history the engine must then not keep it twice.
   */
  publish(relayed: Relayed): Promise<void>;
  /** Fulfilled when all that is published from now on is told by `onMessage`. */
  subscribe(name: string): Promise<void>;
  /** No message of the topic is wanted any more. */
  unsubscribe(name: string): Promise<void>;
  /** What came after `since`; with `null`, no messages and the position of the last. Left out without a history. */
  history?(name: string, since: Position | null): Promise<RelayedPage>;
  /** Gives back what it has opened. The client that it was given stays the caller's. */
  close(): Promise<void>;
}
