/**
 * A handler that gives clients topics, over the subprotocol `topics.fullduplex`.
 *
 * @module
 */
import type { MessageHandler, SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { PolicyOptions } from "./policy.ts";
import type { Published } from "./position.ts";
import type { Topics } from "./topics.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { isPromise } from "../promises.ts";
import { checkOptions, isType } from "../connection/option_checks.ts";
import { describe, type OptionChecks } from "../options.ts";
import { POLICY_CHECKS, resolvePolicy, wholeNumber } from "./policy.ts";
import {
  type ClientMessage,
  readClientMessage,
  type ServerMessage,
  TOPICS_PROTOCOL,
  writeMessage,
} from "./wire_messages.ts";

/** A request of a client. */
export interface TopicsRequest {
  /** Whether the client wants to receive messages of the topic or to publish one. */
  readonly action: "subscribe" | "publish";
  /** The topic. */
  readonly topic: string;
  /** The connection of the client. Its `request` has the cookies and header fields. */
  readonly connection: SendingConnection;
}

/** Options of {@linkcode topicsHandler}. */
export interface TopicsHandlerOptions extends PolicyOptions {
  /**
   * Decides whether a client's request is allowed. It has no default, so that a topic is public
   * only if the application decides so.
   */
  authorize: (asked: TopicsRequest) => boolean | Promise<boolean>;
  /**
   * Most topics of one client.
   *
   * @default {100}
   */
  maxTopics?: number;
}

const CHECKS: OptionChecks<TopicsHandlerOptions> = {
  ...POLICY_CHECKS,
  authorize: isType("function"),
  maxTopics: null,
};

/** Most characters of a topic's name. A longer name is refused. */
const MAX_NAME_LENGTH = 256;

/**
 * Makes a handler that lets clients subscribe, resume and publish. Its clients are `TopicsClient`
 * of `./topics/client`, or any program that speaks the subprotocol (docs/broadcasting.md).
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { Topics, topicsHandler } from "@fullduplex/websocket/topics";
 *
 * const topics = new Topics({ history: { messages: 100, seconds: 300 } });
 * const server = await serve(
 *   {},
 *   topicsHandler(topics, { authorize: ({ action }) => action === "subscribe" }),
 * );
 * await topics.publish("news", "all is well");
 * await server.close();
 * ```
 *
 * @throws {TypeError} if an option has the wrong shape.
 */
export function topicsHandler(topics: Topics, options: TopicsHandlerOptions): MessageHandler {
  checkOptions("topicsHandler", options, CHECKS);
  const { authorize, maxTopics = 100, ...policy } = options;
  if (authorize === undefined) {
    throw new TypeError("authorize: the function that decides who may do what is missing");
  }
  wholeNumber("maxTopics", maxTopics, 1);
  resolvePolicy(policy);

  const whyNot = (asked: ClientMessage, connection: SendingConnection): string | null => {
    const { topic } = asked;
    if (topic.length > MAX_NAME_LENGTH) return `a name has at most ${MAX_NAME_LENGTH} characters`;
    const isNew = topics.subscription(connection, topic) === null;
    const isFull = asked.type === "subscribe" && isNew &&
      topics.names(connection).length >= maxTopics;
    return isFull ? `a client is in at most ${maxTopics} topics` : null;
  };

  const answer = async (connection: SendingConnection, asked: ClientMessage): Promise<void> => {
    const { topic } = asked;
    if (asked.type === "unsubscribe") return void topics.unsubscribe(connection, topic);
    const id = asked.type === "publish" ? { id: asked.id } : {};
    let reason = whyNot(asked, connection);
    if (reason === null) {
      const allowed: unknown = authorize({ action: asked.type, topic, connection });
      if (!toVerdict(isPromise(allowed) ? await allowed : allowed)) reason = "not allowed";
    }
    if (reason !== null) return say(connection, { type: "refused", topic, reason, ...id });
    if (asked.type === "subscribe") {
      const { since } = asked;
      topics.subscribe(connection, topic, {
        ...policy,
        ...since === undefined ? {} : { since },
        format: formatPublished,
        announce: (subscribed) => writeMessage({ type: "subscribed", topic, ...subscribed }),
        announcePlaced: ({ id, position }) => writeMessage({ type: "placed", topic, id, position }),
        announceLost: (lost, at) => writeMessage({ type: "lost", topic, ...lost, ...at }),
      });
      return;
    }
    try {
      await topics.publish(topic, asked.data);
      say(connection, { type: "published", id: asked.id });
    } catch {
      say(connection, { type: "refused", topic, reason: "it could not be published", ...id });
    }
  };

  return {
    protocol: TOPICS_PROTOCOL,
    message(connection, message) {
      const asked = readClientMessage(message);
      if (asked !== null) return answer(connection, asked);
      connection.close(CloseCode.PolicyViolation, `not a message of ${TOPICS_PROTOCOL}`);
    },
  };
}

/**
 * Checks the answer of `authorize`. Only `true` allows a request; an object, for example a user, is
 * an error.
 */
function toVerdict(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  throw new TypeError(
    `authorize: must return a boolean or a promise of one, not ${describe(answer)}`,
  );
}

function say(connection: SendingConnection, message: ServerMessage): void {
  connection.send(writeMessage(message));
}

/**
 * Formats a message. It is one function for all subscriptions, so that a message is formatted and
 * encoded once.
 */
function formatPublished({ name, message, position, id }: Published): Message {
  const place = { ...position === null ? {} : { position }, ...id === null ? {} : { id } };
  return writeMessage({ type: "message", topic: name, ...place, data: message });
}
