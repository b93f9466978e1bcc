/**
 * The interface of an engine that carries the messages of topics to other processes.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { HistoryOptions } from "./history.ts";
import type { Lost, Position } from "./position.ts";

/** A message between processes. */
export interface Relayed {
  /** The message, as it was published. */
  readonly message: Message;
  /** Whether it may be compressed on its way to subscribers. */
  readonly compress: boolean;
  /**
   * Name of the process that published the message, by which a process recognizes its own messages.
   */
  readonly origin: string;
  /**
   * A number that grows with each message of the origin. It identifies a message that arrives
   * twice.
   */
  readonly sequence: number;
}

/** A message that the engine delivers. */
export interface Delivered extends Relayed {
  /** Position in the topic if the engine keeps a history, otherwise `null`. */
  readonly position: Position | null;
}

/** A part of a topic's history. */
export interface RelayedPage {
  /** The position before the first of `messages`. */
  readonly position: Position;
  /** All messages after `position`, in order. */
  readonly messages: readonly Delivered[];
  /** The requested messages that are no longer kept; `null` if there are none. */
  readonly lost: Lost | null;
}

/** The events of a backplane. None of these throw. */
export interface BackplaneEvents {
  /**
   * A message of a subscribed topic arrived, in order. With a history, messages of this process are
   * included.
   */
  onMessage(name: string, delivered: Delivered): void;
  /**
   * Messages of a subscribed topic are lost. The last message before them had the position `since`,
   * and the next message is the first after `position`.
   */
  onLost(name: string, lost: Lost, position: Position, since: Position): void;
  /** The engine cannot be reached at the moment. */
  onDown(cause: unknown): void;
  /** The engine can be reached, and all topics are subscribed again. */
  onUp(): void;
}

/** Options of {@linkcode Backplane.start}. */
export interface BackplaneStart {
  /** Receives the events of the backplane. */
  readonly events: BackplaneEvents;
  /** Name of this process. */
  readonly origin: string;
  /** The history that the engine has to keep; `null` for none. */
  readonly history: HistoryOptions | null;
  /** Whether the history of a topic is kept. That of presence, for example, is not. */
  isKept(name: string): boolean;
}

/**
 * An engine that carries messages between all processes that use it. {@linkcode Topics} calls it;
 * implement it for an engine that this package does not know.
 */
export interface Backplane {
  /** Starts to connect. Called once, before all other methods; `onUp` follows. */
  start(start: BackplaneStart): void;
  /**
   * Publishes messages of one topic, in order. Fulfilled when the engine has all of them. When it
   * rejects, the engine may have some of them. The same messages are then published again, and a
   * history must not keep any of them twice. The next call for the topic follows after that.
   */
  publish(name: string, messages: readonly Relayed[]): Promise<void>;
  /**
   * Subscribes to a topic. Fulfilled when `onMessage` will be called with all messages that are
   * published from now on.
   */
  subscribe(name: string): Promise<void>;
  /** Ends the subscription to a topic. */
  unsubscribe(name: string): Promise<void>;
  /**
   * Reads the messages after `since`; with `null`, only the position of the last message. Missing
   * in an engine without a history.
   */
  history?(name: string, since: Position | null): Promise<RelayedPage>;
  /**
   * Closes the connections that the backplane has opened. A client of the application stays open.
   */
  close(): Promise<void>;
}
