/**
 * The check of an option that holds the options of a server's side.
 *
 * @module
 */
import { checkOptions } from "../connection/option_checks.ts";
import type { OptionCheck } from "../options.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "../server/upgrade_options.ts";

/** Options of `serve` that are about connections. */
export const checkServerOptions: OptionCheck = (option, value) =>
  checkOptions(option, value as UpgradeOptions, UPGRADE_CHECKS);
