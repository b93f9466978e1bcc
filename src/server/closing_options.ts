/**
 * Options and report of closing a server or a mount.
 *
 * @module
 */
import { checkOptions, isType } from "../connection/option_checks.ts";
import { DEFAULT_DRAIN_MS } from "../defaults.ts";
import { atLeast, describe, type OptionChecks } from "../options.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { checkClose } from "../protocol/control_payload.ts";

/** Options of closing a server. */
export interface ServerCloseOptions {
  /**
   * Milliseconds until the remaining connections are dropped.
   *
   * @default {`spreadMs` and 10000 more} Handlers can finish their work, and a deployment does not
   *   hang.
   */
  timeoutMs?: number;
  /**
   * Milliseconds over which the Closes are spread evenly. Clients reconnect after the Close, and
   * 10,000 of them at once would overload the server that takes over.
   *
   * @default {0} All Closes are sent at once.
   */
  spreadMs?: number;
  /**
   * The close code, for example 1012 (Service Restart) when a new server takes over.
   *
   * @default {1001} Going Away (RFC 6455 section 7.4.1).
   */
  code?: number;
  /**
   * The close reason, at most 123 bytes of UTF-8.
   *
   * @default {"server is closing"}
   */
  reason?: string;
}

/** The report of a closed server about its connections. */
export interface ServerCloseReport {
  /** Connections that ended in time. */
  readonly drained: number;
  /** Connections that were dropped at the end of `timeoutMs`. */
  readonly forced: number;
  /** Milliseconds from the Close of the slowest connection to its end. */
  readonly longestMs: number;
}

/** A check for each option of `close`; `resolveClosing` checks the values of the others. */
export const CLOSE_CHECKS: OptionChecks<ServerCloseOptions> = {
  timeoutMs: null,
  spreadMs: null,
  code: null,
  reason: isType("string"),
};

/** The same with defaults filled in. */
export type ServerClosing = Readonly<Required<ServerCloseOptions>>;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} if an option is unknown or has the wrong type.
 * @throws {RangeError} if a time makes no sense, or code or reason may not be sent.
 */
export function resolveClosing(options: ServerCloseOptions): ServerClosing {
  checkOptions("close", options, CLOSE_CHECKS);
  const spreadMs = atLeast(0, "spreadMs", options.spreadMs ?? 0);
  const timeoutMs = atLeast(0, "timeoutMs", options.timeoutMs ?? spreadMs + DEFAULT_DRAIN_MS);
  if (spreadMs > timeoutMs || spreadMs === Infinity) {
    throw new RangeError(
      `spreadMs: must be finite and at most timeoutMs (${timeoutMs}), not ${describe(spreadMs)}`,
    );
  }
  const { code = CloseCode.GoingAway, reason = "server is closing" } = options;
  checkClose(code, reason);
  return { timeoutMs, spreadMs, code, reason };
}
