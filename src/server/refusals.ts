/**
 * The refusals of a server that no rule of the handshake names.
 *
 * @module
 */
import { PLAIN_TEXT } from "../handshake/server_handshake.ts";
import type { PlainAnswer } from "./pending_handshake.ts";

/** Too many connections or opening handshakes, or the server is closing. */
export function unavailable(
  reason: "closing" | "maxConnections" | "maxPendingUpgrades",
): PlainAnswer {
  return {
    status: 503,
    reason,
    headers: [PLAIN_TEXT, ["Retry-After", "1"]],
    body: "the server takes no more connections for now\n",
  };
}

/**
 * The client's address has all of its connections (RFC 6585 section 4). Five seconds, because a place
 * becomes free when another connection ends, and that takes longer than a full server.
 */
export const TOO_MANY_OF_ADDRESS: PlainAnswer = {
  status: 429,
  reason: "maxConnectionsPerAddress",
  headers: [PLAIN_TEXT, ["Retry-After", "5"]],
  body: "this address has too many connections\n",
};

/** The producer answered `null`. */
export const NO_HANDLER: PlainAnswer = {
  status: 400,
  reason: "noHandler",
  headers: [PLAIN_TEXT],
  body: "no handler for this request\n",
};

/** The producer answered `undefined`, or the path is none of the mount's. */
export const NOT_OURS: PlainAnswer = {
  status: 404,
  reason: "notOurs",
  headers: [PLAIN_TEXT],
  body: "no such path\n",
};

/** The producer, or another callback that decides, failed. */
export const FAILED: PlainAnswer = {
  status: 500,
  reason: "failed",
  headers: [PLAIN_TEXT],
  body: "internal error\n",
};

/** `proxyProtocol` is on, and the transport does not begin with a PROXY header. */
export const NO_PROXY_HEADER: PlainAnswer = {
  reason: "proxyProtocol",
  status: 400,
  headers: [PLAIN_TEXT],
  body: "no PROXY header came first, as proxyProtocol asks\n",
};

/** The client offered subprotocols, and the handler's is none of them. */
export function refuseProtocols(offered: readonly string[], spoken: string): PlainAnswer {
  return {
    status: 400,
    reason: "protocolRequired",
    headers: [PLAIN_TEXT],
    body: `the client offers ${offered.join(", ")}, and this path speaks ${spoken}\n`,
  };
}
