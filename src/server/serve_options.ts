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
  /**
   * Whether each connection begins with the header of the PROXY protocol, version 1 or 2, that a load
   * balancer sends (HAProxy's `send-proxy-v2`). It tells `remoteAddress`; a connection without it is
   * dropped. Together with `tls` or `fetch` it fails with `ERR_NOT_SUPPORTED`.
   *
   * @default {false} Any client could send the header, so the port must be the balancer's alone.
   */
  proxyProtocol?: boolean;
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
  proxyProtocol: isType("boolean"),
  signal: isSignal,
};
