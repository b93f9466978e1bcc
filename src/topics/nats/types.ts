/**
 * The methods that are used of the NATS clients, `@nats-io/transport-node` and `@nats-io/jetstream`.
 *
 * @module
 */

/** A message of NATS. */
export interface NatsMessage {
  /** The message as text. */
  string(): string;
}

/** A subscription of NATS. */
export interface NatsSubscription {
  /** Ends it. */
  unsubscribe(): void;
}

/** The methods that are used of a connection of NATS. */
export interface NatsConnection {
  /** Sends a message. */
  publish(subject: string, payload: string): void;
  /** Subscribes to a subject. */
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  /** Fulfilled when the server has all that was sent. */
  flush(): Promise<void>;
  /** Tells of lost connections. */
  status(): AsyncIterable<{ readonly type: string }>;
  /** Whether it is closed for good. */
  isClosed(): boolean;
}

/** A message of a stream. */
export interface JetStreamMessage extends NatsMessage {
  /** Its number in the stream. */
  readonly seq: number;
}

/** Messages of a stream as they come. */
export interface JetStreamMessages {
  /** Ends them. */
  stop(): void;
}

/** A consumer of a stream. */
export interface JetStreamConsumer {
  /** Calls back with each message. */
  consume(options: { callback: (message: JetStreamMessage) => void }): Promise<JetStreamMessages>;
}

/** The methods that are used of what `jetstream(connection)` makes. */
export interface JetStreamClient {
  /** Publishes a message, and gives its number. */
  publish(
    subject: string,
    payload: string,
    options: { msgID: string },
  ): Promise<{ readonly seq: number }>;
  /** Consumers of streams. */
  readonly consumers: {
    // deno-lint-ignore no-explicit-any -- the options of the package name its own types
    get(stream: string, options: any): Promise<JetStreamConsumer>;
  };
  /** Gives the manager of streams. */
  jetstreamManager(): Promise<JetStreamManager>;
}

/** The state of a stream. */
export interface JetStreamInfo {
  /** When it was made. */
  readonly created: string;
  /** What it keeps. */
  readonly state: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly subjects?: Readonly<Record<string, number>> | undefined;
  };
}

/** The methods that are used of the manager of streams. */
export interface JetStreamManager {
  /** Streams. */
  readonly streams: {
    // deno-lint-ignore no-explicit-any -- the options of the package name its own types
    add(config: any): Promise<unknown>;
    // deno-lint-ignore no-explicit-any -- the same
    update(name: string, config: any): Promise<unknown>;
    // deno-lint-ignore no-explicit-any -- the same
    info(name: string, options?: any): Promise<JetStreamInfo>;
    getMessage(
      name: string,
      // deno-lint-ignore no-explicit-any -- the same
      query: any,
    ): Promise<{ readonly seq: number; readonly subject: string } | null>;
  };
}
