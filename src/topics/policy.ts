/**
 * Policies for receivers that do not keep up.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { describe, type OptionChecks } from "../options.ts";

/**
 * The treatment of a receiver that does not keep up:
 *
 * - `"wait"`: the promise of `publish` waits for it. If a publisher ignores the promise, the
 *   receiver is dropped at the connection's own limit, `maxBufferedBytes`.
 * - `"drop-newest"`: new messages are not sent to it until it has caught up.
 * - `"drop-oldest"`: the newest `maxWaiting` messages are kept for it.
 * - `"latest"`: only the newest of all messages with the same key is kept for it.
 * - `"disconnect"`: it is closed with 1013 (Try Again Later).
 */
export type SubscriptionPolicy = "wait" | "drop-newest" | "drop-oldest" | "latest" | "disconnect";

/** Options of a subscription for a receiver that does not keep up. */
export interface PolicyOptions {
  /**
   * The treatment of the receiver when it does not keep up.
   *
   * @default {"wait"} No message is lost.
   */
  policy?: SubscriptionPolicy;
  /**
   * Most unsent bytes of the connection before the policy applies.
   *
   * @default {65536} The mark of every transport, in addition to the 2 MiB and more that the system
   *   buffers for a connection.
   */
  maxBehindBytes?: number;
  /**
   * Most messages that are kept by `"drop-oldest"` and `"latest"`.
   *
   * @default {64}
   */
  maxWaiting?: number;
  /**
   * Returns the key of a message for `"latest"`.
   *
   * @default {all messages of a topic have the same key}
   */
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
/** The default of `maxBehindBytes`, as for transports. */
const MAX_BEHIND_BYTES = 64 * 1024;
const MAX_WAITING = 64;

/** Fills in the defaults. Throws a `TypeError` or `RangeError` that names the invalid option. */
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
