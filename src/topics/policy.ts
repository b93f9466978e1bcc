/**
 * How far a receiver may be behind, and what happens to it then.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { describe, type OptionChecks } from "../options.ts";

/**
 * What happens when a receiver does not keep up:
 *
 * - `"wait"`: the promise of `publish` waits for it. A publisher that ignores its promise meets the
 *   connection's own limit, `maxBufferedBytes`, and the receiver is dropped.
 * - `"drop-newest"`: new messages are left out until it has caught up.
 * - `"drop-oldest"`: the newest `maxWaiting` messages wait for it.
 * - `"latest"`: of all messages with the same key only the newest waits.
 * - `"disconnect"`: it is closed with 1013 (Try Again Later).
 */
export type SubscriptionPolicy = "wait" | "drop-newest" | "drop-oldest" | "latest" | "disconnect";

/** How one subscription treats a receiver that does not keep up. */
export interface PolicyOptions {
  /** What happens when the receiver does not keep up. Default `"wait"`: nothing is lost. */
  policy?: SubscriptionPolicy;
  /**
   * Bytes that may be unsent on the connection before the policy applies. Default 64 KiB, beside
   * the 2 MiB and more that the system itself holds for a connection.
   */
  maxBehindBytes?: number;
  /** Messages that wait under `"drop-oldest"` and `"latest"`. Default 64. */
  maxWaiting?: number;
  /** The key of a message under `"latest"`. Default: all messages of a topic have the same key. */
  key?: (message: Message) => string;
}

/** The names of these options; `resolvePolicy` checks the values. */
export const POLICY_CHECKS: OptionChecks<PolicyOptions> = {
  policy: null,
  maxBehindBytes: null,
  maxWaiting: null,
  key: null,
};

/** The same with defaults filled in. */
export type ResolvedPolicy = Readonly<Required<PolicyOptions>>;

const POLICIES: readonly string[] = ["wait", "drop-newest", "drop-oldest", "latest", "disconnect"];
/** What transports of ours call full, too. */
const MAX_BEHIND_BYTES = 64 * 1024;
const MAX_WAITING = 64;

/** Fills in the defaults; throws a `TypeError` or `RangeError` that names the option which makes no sense. */
export function resolvePolicy(options: PolicyOptions, defaults?: ResolvedPolicy): ResolvedPolicy {
  const {
    policy = defaults?.policy ?? "wait",
    maxBehindBytes = defaults?.maxBehindBytes ?? MAX_BEHIND_BYTES,
    maxWaiting = defaults?.maxWaiting ?? MAX_WAITING,
    key = defaults?.key ?? (() => ""),
  } = options;
  if (!POLICIES.includes(policy)) {
    throw new TypeError(`policy: must be one of ${POLICIES.join(", ")}, not ${describe(policy)}`);
  }
  if (typeof key !== "function") {
    throw new TypeError(`key: must be a function, not ${describe(key)}`);
  }
  wholeNumber("maxBehindBytes", maxBehindBytes, 0);
  wholeNumber("maxWaiting", maxWaiting, 1);
  return { policy, maxBehindBytes, maxWaiting, key };
}

/** Throws a `RangeError` unless the value is a whole number of at least `least`, or `Infinity`. */
export function wholeNumber(option: string, value: number, least: number): number {
  if ((Number.isInteger(value) || value === Infinity) && value >= least) return value;
  const range = `${option}: must be a whole number of at least ${least}`;
  throw new RangeError(`${range}, not ${describe(value)}`);
}
