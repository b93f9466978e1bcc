/**
 * The seam between topics and an engine that carries them to other processes.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { HistoryOptions } from "./history.ts";
import type { Lost, Position } from "./position.ts";

/** One message on its way between processes. */
export interface Relayed {
  /** The message, as it was published. */
  readonly message: Message;
  /** Whether it may be compressed on its way to subscribers. */
  readonly compress: boolean;
  /** Names the process that published it, which by that takes none of its own for one of others. */
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
  /** The position before the first of `messages`. */
  readonly position: Position;
  /** All messages after `position`, in order. */
  readonly messages: readonly Delivered[];
  /** The messages that were asked for and are not kept any more; `null` if there are none. */
  readonly lost: Lost | null;
}

/** The events of a backplane. None of these throw. */
export interface BackplaneEvents {
  /** A message of a topic that is subscribed, in order; with a history also those of this process. */
  onMessage(name: string, delivered: Delivered): void;
  /** Messages of a topic that is subscribed will not come. The next one is after `position`. */
  onLost(name: string, lost: Lost, position: Position): void;
  /** The engine cannot be reached, for the time being. */
  onDown(cause: unknown): void;
  /** The engine can be reached, and all topics are subscribed again. */
  onUp(): void;
}

/** What a backplane is started with. */
export interface BackplaneStart {
  /** Receives its events. */
  readonly events: BackplaneEvents;
  /** Names this process. */
  readonly origin: string;
  /** The history that the engine is to keep; `null` for none. */
  readonly history: HistoryOptions | null;
  /** Whether it is to keep that of a topic: presence, for example, is of the moment. */
  isKept(name: string): boolean;
}

/**
 * An engine that carries messages between all processes that use it. {@linkcode Topics} calls it;
 * implement it for an engine that this package does not know.
 */
export interface Backplane {
  /** Called once, before all else. Begins to connect; `onUp` follows. */
  start(start: BackplaneStart): void;
  /**
   * Publishes messages of one topic, in order. Fulfilled when the engine has all of them. When it
   * rejects, it may be that the engine has some: the same messages are published again, and where
   * there is a history it must not keep one twice. The next call for the topic comes afterwards.
   */
  publish(name: string, messages: readonly Relayed[]): Promise<void>;
  /** Fulfilled when all that is published from now on is told by `onMessage`. */
  subscribe(name: string): Promise<void>;
  /** No message of the topic is wanted any more. */
  unsubscribe(name: string): Promise<void>;
  /** The messages after `since`; with `null`, only the position of the last. Missing without a history. */
  history?(name: string, since: Position | null): Promise<RelayedPage>;
  /** Closes the connections that it has opened. The client that it was given stays open. */
  close(): Promise<void>;
}
