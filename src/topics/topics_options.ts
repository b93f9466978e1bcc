/**
 * Options of topics, of subscriptions and of publishing.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { SendingConnection } from "../handler.ts";
import type { Backplane } from "./backplane.ts";
import type { HistoryOptions } from "./history.ts";
import type { OrderOptions } from "./order.ts";
import type { OutageOptions } from "./outbox.ts";
import { POLICY_CHECKS, type PolicyOptions } from "./policy.ts";
import { isAtLeast, isOneOf, isType } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import type { Lost, Position } from "./position.ts";
import type { Format } from "./publication.ts";
import type { Announcements } from "./subscriber.ts";

/** Options of a set of topics. Those of the policy are defaults for its subscriptions. */
export interface TopicsOptions extends PolicyOptions, OrderOptions, OutageOptions {
  /**
   * Keeps the latest messages of each topic in the memory of this process, so that a subscription
   * can begin `since` a position.
   *
   * @default {no history}
   */
  history?: HistoryOptions;
  /**
   * Carries topics to other processes: `redisBackplane` of `./topics/redis`, or `natsBackplane` of
   * `./topics/nats`. With `history`, the engine keeps the history instead of this process.
   *
   * @default {no engine}
   */
  backplane?: Backplane;
  /**
   * Called when messages of a topic with subscribers in this process were lost on the way from the
   * engine. `lost` and `position` are as in a subscription. Subscribers are told by `announceLost`.
   */
  onLost?: (name: string, lost: Lost, position: Position) => void;
  /**
   * Called when the engine cannot be reached.
   *
   * @default {no report}
   */
  onBackplaneDown?: (cause: unknown) => void;
  /**
   * Called when the engine can be reached, for the first time or again, and all topics are
   * subscribed.
   */
  onBackplaneUp?: () => void;
  /**
   * The clock, for tests.
   *
   * @default {the system's}
   */
  clock?: Clock;
}

/** A check for each of them. */
export const TOPICS_CHECKS: OptionChecks<TopicsOptions> = {
  ...POLICY_CHECKS,
  history: null,
  backplane: isType("object"),
  order: isOneOf("publisher", "total"),
  whenDown: isOneOf("queue", "fail"),
  maxQueued: isAtLeast(0),
  onLost: isType("function"),
  onBackplaneDown: isType("function"),
  onBackplaneUp: isType("function"),
  clock: isType("object"),
};

/** Options of one subscription. */
export interface SubscribeOptions extends PolicyOptions, OrderOptions, Announcements {
  /** Delivers first the messages after this position that are still kept. */
  since?: Position;
  /**
   * Makes the message that this subscriber is sent, for example with its position. It is called
   * once a message for all subscriptions that share the function.
   *
   * @default {the message itself}
   */
  format?: Format;
  /**
   * Makes the connection a member of the topic with this data, a value that JSON can hold.
   *
   * @default {no member}
   */
  member?: unknown;
}

/** A check for each of them. */
export const SUBSCRIBE_CHECKS: OptionChecks<SubscribeOptions> = {
  ...POLICY_CHECKS,
  since: null,
  format: isType("function"),
  announce: isType("function"),
  announceLost: isType("function"),
  announcePlaced: isType("function"),
  order: isOneOf("publisher", "total"),
  member: () => {}, // any value
};

/** Options of publishing one message. */
export interface PublishOptions {
  /** A connection that is not sent the message, for example the one that it came from. */
  except?: SendingConnection;
  /**
   * `false` sends the message uncompressed. Use it for secrets beside text that an attacker chooses
   * (CRIME).
   *
   * @default {true}
   */
  compress?: boolean;
}

/** A check for each of them. */
export const PUBLISH_CHECKS: OptionChecks<PublishOptions> = {
  except: isType("object"),
  compress: isType("boolean"),
};
