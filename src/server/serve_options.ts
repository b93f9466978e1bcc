/**
 * Options of a server.
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
