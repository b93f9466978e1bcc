/**
 * The refusals of a server that are not rules of the handshake.
 *
 * @module
 */
import { PLAIN_TEXT } from "../handshake/server_handshake.ts";
import type { PlainAnswer } from "./pending_handshake.ts";

/** Makes the refusal of a server that is full or closing. */
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
 * The refusal of an address that has reached `maxConnectionsPerAddress` (RFC 6585 section 4). The
 * client should wait five seconds, longer than for a full server, because one of its own
 * connections has to end first.
 */
export const TOO_MANY_OF_ADDRESS: PlainAnswer = {
  status: 429,
  reason: "maxConnectionsPerAddress",
  headers: [PLAIN_TEXT, ["Retry-After", "5"]],
  body: "this address has too many connections\n",
};

/** The refusal if the producer returned `null`. */
export const NO_HANDLER: PlainAnswer = {
  status: 400,
  reason: "noHandler",
  headers: [PLAIN_TEXT],
  body: "no handler for this request\n",
};

/** The refusal if the producer returned `undefined`, or the path does not belong to the mount. */
export const NOT_OURS: PlainAnswer = {
  status: 404,
  reason: "notOurs",
  headers: [PLAIN_TEXT],
  body: "no such path\n",
};

/** The refusal if the producer, or another callback that decides, failed. */
export const FAILED: PlainAnswer = {
  status: 500,
  reason: "failed",
  headers: [PLAIN_TEXT],
  body: "internal error\n",
};

/** The refusal if `proxyProtocol` is on and the transport does not begin with a PROXY header. */
export const NO_PROXY_HEADER: PlainAnswer = {
  reason: "proxyProtocol",
  status: 400,
  headers: [PLAIN_TEXT],
  body: "no PROXY header came first, as proxyProtocol asks\n",
};

/** Makes the refusal of a client that offered subprotocols without the handler's. */
export function refuseProtocols(offered: readonly string[], spoken: string): PlainAnswer {
  return {
    status: 400,
    reason: "protocolRequired",
    headers: [PLAIN_TEXT],
    body: `the client offers ${offered.join(", ")}, and this path speaks ${spoken}\n`,
  };
}
