/**
 * Connects a client of `ws`.
 *
 * @module
 */
import { connect } from "../../mod.ts";
import { WebSocketError } from "../errors.ts";
import type { ClientTarget } from "./client_options.ts";
import type { Link } from "./link.ts";

/** Starts to connect. Returns a function that aborts connecting with an error for the listeners. */
export function startConnecting(
  link: Link,
  { url, options }: ClientTarget,
): (error: Error) => void {
  const stop = new AbortController();
  connect(url, { ...options, handler: link, signal: stop.signal }).catch((error) =>
    link.fail(toConnectError(error))
  );
  return (error) => {
    link.fail(error);
    stop.abort(error);
  };
}

/** Translates an error to that of `ws`, if `ws` has one. */
function toConnectError(error: unknown): Error {
  if (!(error instanceof WebSocketError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  switch (error.code) {
    case "ERR_CONNECT": // the system's own error, because users check its code, ECONNREFUSED
      return error.cause instanceof Error ? error.cause : error;
    case "ERR_HANDSHAKE_STATUS":
    case "ERR_HANDSHAKE_REDIRECT":
      return new Error(`Unexpected server response: ${error.status}`, { cause: error });
    case "ERR_HANDSHAKE_TIMEOUT":
      return new Error("Opening handshake has timed out", { cause: error });
    default:
      return error;
  }
}
