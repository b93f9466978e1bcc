/**
 * Options of topics, of subscriptions and of publishing.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { SendingConnection } from "../handler.ts";
import type { Backplane } from "./backplane.ts";
import type { HistoryOptions } from "./history.ts";
import type { OutageOptions } from "./outbox.ts";
import { POLICY_CHECKS, type PolicyOptions } from "./policy.ts";
import { isAtLeast, isOneOf, isType } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import type { Lost, Position } from "./position.ts";
import type { Format } from "./publication.ts";
import type { Announcements } from "./subscriber.ts";

/** What a set of topics does unless a subscription says otherwise, and what it keeps. */
export interface TopicsOptions extends PolicyOptions, OutageOptions {
  /**
   * Keeps the latest messages of each topic in the memory of this process, so that a subscription
   * can begin `since` a position. Default: none is kept.
   */
  history?: HistoryOptions;
  /**
   * Carries topics to other processes: `redisBackplane` of `./topics/redis`, or `natsBackplane` of
   * `./topics/nats`. With `history`, the engine keeps it instead of this process. Default: none.
   */
  backplane?: Backplane;
  /**
   * Messages of a topic that has subscribers here did not come from the engine. `lost` and
   * `position` are as in a subscription; subscribers are told by `announceLost`.
   */
  onLost?: (name: string, lost: Lost, position: Position) => void;
  /** The engine cannot be reached. Default: nothing is told. */
  onBackplaneDown?: (cause: unknown) => void;
  /** The engine can be reached, for the first time or again, and all topics are subscribed. */
  onBackplaneUp?: () => void;
  /** Time, for tests. Default: the system's. */
  clock?: Clock;
}

/** A check for each of them. */
export const TOPICS_CHECKS: OptionChecks<TopicsOptions> = {
  ...POLICY_CHECKS,
  history: null,
  backplane: isType("object"),
  whenDown: isOneOf("queue", "fail"),
  maxQueued: isAtLeast(0),
  onLost: isType("function"),
  onBackplaneDown: isType("function"),
  onBackplaneUp: isType("function"),
  clock: isType("object"),
};

/** How one connection takes part in one topic. */
export interface SubscribeOptions extends PolicyOptions, Announcements {
  /** Delivers what came after this position first, as far as it is kept. */
  since?: Position;
  /**
   * Makes what this subscriber is sent of a message, with its position for example. It is called
   * once a message for all subscriptions that share the function. Default: the message itself.
   */
  format?: Format;
  /** Makes it a member of the topic, with this as its data: a value that JSON can hold. Default: it is none. */
  member?: unknown;
}

/** A check for each of them. */
export const SUBSCRIBE_CHECKS: OptionChecks<SubscribeOptions> = {
  ...POLICY_CHECKS,
  since: null,
  format: isType("function"),
  announce: isType("function"),
  announceLost: isType("function"),
  member: () => {}, // any value
};

/** How one message is published. */
export interface PublishOptions {
  /** A subscriber that is not sent the message: the connection it came from, for example. */
  except?: SendingConnection;
  /** `false` sends it uncompressed, for secrets beside attacker-chosen text (CRIME). Default `true`. */
  compress?: boolean;
}

/** A check for each of them. */
export const PUBLISH_CHECKS: OptionChecks<PublishOptions> = {
  except: isType("object"),
  compress: isType("boolean"),
};
