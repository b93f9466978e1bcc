/**
 * Options of a server, and of closing it.
 *
 * @module
 */
import type { ListenOptions, TlsServerOptions } from "../transport/runtime.ts";
import { checkOptions, isPem, isSignal, isType, isWhole } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "./upgrade_options.ts";

/** Where a server listens, what it accepts, and what each connection may cost. */
export interface ServeOptions extends ListenOptions, UpgradeOptions {
  /**
   * Answers ordinary HTTP requests on the same port. Without it, a request that asks for
   * no upgrade gets 426, and the server reads HTTP heads itself, which is faster.
   */
  fetch?: (request: Request) => Response | Promise<Response>;
  /** Closes the server, with the default time to drain. */
  signal?: AbortSignal;
}

/** Options of closing a server. */
export interface ServerCloseOptions {
  /**
   * Milliseconds for connections to end after they were told 1001; then they are dropped.
   *
   * @default {10000} Handlers can finish their work, and a deployment does not hang.
   */
  timeoutMs?: number;
}

const TLS_CHECKS: OptionChecks<TlsServerOptions> = { cert: isPem, key: isPem };

/** A check for each option of a server. */
export const SERVE_CHECKS: OptionChecks<ServeOptions> = {
  ...UPGRADE_CHECKS,
  hostname: isType("string"),
  port: isWhole(0, 65_535),
  path: isType("string"),
  tls: (option, value) => {
    isType("object")(option, value);
    checkOptions(option, value as TlsServerOptions, TLS_CHECKS);
  },
  reusePort: isType("boolean"),
  fetch: isType("function"),
  signal: isSignal,
};

/** A check for each option of `close`. */
export const CLOSE_CHECKS: OptionChecks<ServerCloseOptions> = { timeoutMs: null };
