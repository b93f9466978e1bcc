/**
 * The methods of the NATS clients `@nats-io/transport-node` and `@nats-io/jetstream` that this
 * library calls.
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
  /** Ends the subscription. */
  unsubscribe(): void;
}

/** The methods of a NATS connection that this library calls. */
export interface NatsConnection {
  /** Sends a message. */
  publish(subject: string, payload: string): void;
  /** Subscribes to a subject. */
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  /** Fulfilled when the server has everything that was sent. */
  flush(): Promise<void>;
  /** Reports changes of the connection's state. */
  status(): AsyncIterable<{ readonly type: string }>;
  /** Whether it is closed for good. */
  isClosed(): boolean;
}

/** A message of a stream. */
export interface JetStreamMessage extends NatsMessage {
  /** Sequence number in the stream. */
  readonly seq: number;
}

/** The messages of a stream as they arrive. */
export interface JetStreamMessages {
  /** Stops consuming. */
  stop(): void;
}

/** A consumer of a stream. */
export interface JetStreamConsumer {
  /** Calls back with each message. */
  consume(options: { callback: (message: JetStreamMessage) => void }): Promise<JetStreamMessages>;
}

/** The methods of the result of `jetstream(connection)` that this library calls. */
export interface JetStreamClient {
  /** Publishes a message. Resolves to its sequence number. */
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
  /** Resolves to the manager of streams. */
  jetstreamManager(): Promise<JetStreamManager>;
}

/** The state of a stream. */
export interface JetStreamInfo {
  /** Time of creation. */
  readonly created: string;
  /** The messages that it keeps. */
  readonly state: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly subjects?: Readonly<Record<string, number>> | undefined;
  };
}

/** The methods of the manager of streams that this library calls. */
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
