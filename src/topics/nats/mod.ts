/**
 * Topics over NATS, with the client that your application has.
 *
 * @example
 * ```ts ignore
 * import { connect } from "@nats-io/transport-node";
 * import { jetstream } from "@nats-io/jetstream";
 * import { Topics } from "@fullduplex/websocket/topics";
 * import { natsBackplane } from "@fullduplex/websocket/topics/nats";
 *
 * const connection = await connect({ servers: "127.0.0.1:4222", maxReconnectAttempts: -1 });
 * const topics = new Topics({
 *   backplane: natsBackplane(connection, { jetstream: jetstream(connection) }),
 *   history: { messages: 100, seconds: 300 },
 * });
 * ```
 *
 * @module
 */
import type { Backplane } from "../backplane.ts";
import { checkOptions, isType } from "../../connection/option_checks.ts";
import { NatsBackplane } from "./backplane.ts";
import { NatsSubjects } from "./subjects.ts";
import type { JetStreamClient, NatsConnection } from "./types.ts";

export type { Backplane } from "../backplane.ts";
export type {
  JetStreamClient,
  JetStreamConsumer,
  JetStreamInfo,
  JetStreamManager,
  JetStreamMessage,
  JetStreamMessages,
  NatsConnection,
  NatsMessage,
  NatsSubscription,
} from "./types.ts";

/** Options of {@linkcode natsBackplane}. */
export interface NatsBackplaneOptions {
  /** `jetstream(connection)` of `@nats-io/jetstream`, for topics with a history. */
  jetstream?: JetStreamClient;
  /**
   * First token of all subjects, and name of the stream. Applications that share a NATS need
   * different ones.
   *
   * @default {"topics"}
   */
  prefix?: string;
}

/**
 * Carries topics over NATS. The connection belongs to the caller and is not closed. It should be
 * made with `maxReconnectAttempts: -1`, so that it survives an outage, and with a `timeout` of a
 * few seconds. The default of 20 seconds delays reconnecting if a server accepts a connection and
 * dies.
 *
 * - *Without a history* a message is published on the subject of its topic.
 * - *With a history* it goes into a JetStream stream, which keeps the configured number of messages
 *   for the configured time. All topics share its sequence numbers, so the offsets of a topic grow
 *   by one or more. If it is not certain that no message is missing, messages are reported as lost.
 *
 * @throws {TypeError} if the connection or an option has the wrong shape.
 */
export function natsBackplane(
  connection: NatsConnection,
  options: NatsBackplaneOptions = {},
): Backplane {
  checkOptions("natsBackplane", options, { prefix: null, jetstream: isType("object") });
  const { prefix = "topics", jetstream = null } = options;
  if (typeof connection !== "object" || connection === null || !("status" in connection)) {
    throw new TypeError("connection: must be what connect() of @nats-io/transport-node gives");
  }
  if (typeof prefix !== "string" || !/^[\w-]+(\.[\w-]+)*$/.test(prefix)) {
    throw new TypeError("prefix: must be tokens of letters, digits, - and _, with dots between");
  }
  return new NatsBackplane(connection, { jetstream, subjects: new NatsSubjects(prefix) });
}
