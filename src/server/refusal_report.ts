/**
 * Reports refused opening handshakes to the owner of a server. Without it, a server behind a proxy
 * that rewrites `Host` would refuse every browser without any message.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Address } from "../message.ts";

/** A refused opening handshake. */
export interface RefusedUpgrade {
  /** Status of the answer. */
  readonly status: number;
  /**
   * Stable name of the broken rule, for counting refusals: that of the option for a limit
   * (`"maxConnections"`, `"allowedHosts"`), `"producer"` for a `Response` of the producer, and
   * otherwise the name of a rule of the handshake (`"origin"`, `"key"`).
   */
  readonly rule: string;
  /** Text of the answer: the rule that the request broke, or the reason of the server. */
  readonly reason: string;
  /** The request; `null` if its head was not valid HTTP or was too long. */
  readonly request: Request | null;
  /** The client's address, or `null` where the runtime does not provide it. */
  readonly remoteAddress: Address | null;
}

/** Least milliseconds between two lines, so that many refusals do not flood the console. */
const QUIET_MS = 1_000;

/**
 * Makes a function that prints refusals. Refusals within a second of a line are counted in the next
 * line.
 */
export function makeRefusalLog(clock: Clock): (refused: RefusedUpgrade) => void {
  let quietUntil = -Infinity, left = 0;
  return ({ status, reason, request, remoteAddress }) => {
    const now = clock.now();
    if (now < quietUntil) return void left++;
    quietUntil = now + QUIET_MS;
    const target = request === null ? "" : ` for ${new URL(request.url).pathname}`;
    const from = remoteAddress?.transport === "tcp" ? ` of ${remoteAddress.hostname}` : "";
    const others = left === 0 ? "" : ` (and ${left} more)`;
    left = 0;
    console.warn(
      `WebSocket upgrade${target}${from} refused with ${status}${others}: ${reason.trim()}`,
    );
  };
}
