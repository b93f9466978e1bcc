/**
 * Options of sockets.
 *
 * @module
 */
import { CONNECT_CHECKS, type ConnectOptions } from "../client/connect_options.ts";
import { resolveLimits } from "../connection/limits.ts";
import { checkOptions, isAtLeast } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";

/**
 * Options of a socket: those of `connect`, except for those that the standard's arguments replace.
 * `maxBufferedBytes` is 64 MiB by default, because `send()` of the standard cannot be awaited.
 */
export type WebSocketOptions = Omit<ConnectOptions, "protocols" | "handler" | "onError">;

/** Options of `connect` that are not options of a socket, with their replacements. */
const ELSEWHERE = {
  protocols: "name them in the second argument",
  handler: "listen to the events",
  onError: "listen to the events",
} as const;

const { protocols: _protocols, handler: _handler, onError: _onError, ...CHECKS } = CONNECT_CHECKS;

/**
 * The checks of a socket's options. `handshakeTimeoutMs` is checked here, because `connect` would
 * check it after the socket is made.
 */
const SOCKET_CHECKS: OptionChecks<WebSocketOptions> = {
  ...CHECKS,
  handshakeTimeoutMs: isAtLeast(1),
};

/**
 * Checks options when a socket or a class is made, because later errors are events.
 *
 * @throws {TypeError} for an unknown option, or one of the wrong type.
 * @throws {RangeError} for a limit that makes no sense.
 */
export function checkSocketOptions(options: WebSocketOptions): WebSocketOptions {
  if (typeof options === "object" && options !== null) {
    for (const [name, instead] of Object.entries(ELSEWHERE)) {
      if (name in options) throw new TypeError(`${name}: is no option of a WebSocket: ${instead}`);
    }
  }
  checkOptions<WebSocketOptions>("WebSocket", options, SOCKET_CHECKS);
  resolveLimits(options);
  new Headers(options.headers);
  return options;
}
