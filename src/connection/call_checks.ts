/**
 * Checks of the options of `send` and the reads. A browser's client does not load them.
 *
 * @module
 */
import type { ReadOptions, SendOptions } from "../handler.ts";
import { atLeast, type OptionChecks } from "../options.ts";
import type { CallChecks } from "./context.ts";
import { checkOptions, isSignal, isType } from "./option_checks.ts";

const SEND_CHECKS: OptionChecks<SendOptions> = {
  final: isType("boolean"),
  compress: isType("boolean"),
  signal: isSignal,
};

const READ_CHECKS: OptionChecks<ReadOptions> = {
  timeoutMs: (option, value) => void atLeast(0, option, value),
  signal: isSignal,
};

/** The checks of a server's or a client's connections. */
export const callChecks: CallChecks = {
  send: (options) => checkOptions("send", options, SEND_CHECKS),
  read: (options) => checkOptions("read", options, READ_CHECKS),
};
