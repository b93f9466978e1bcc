/**
 * Describes errors and endings in words, with a hint for the known ones.
 *
 * @module
 */
import type { CloseInfo } from "../handler.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "../protocol/close_code.ts";

const HINTS: Readonly<Partial<Record<WebSocketError["code"], string>>> = {
  ERR_CERTIFICATE: "for a certificate of your own: --ca FILE; to look at it anyway: --insecure",
  ERR_HANDSHAKE: "is this the WebSocket's path?",
  ERR_HANDSHAKE_REDIRECT: "try the address that it redirects to",
  ERR_KEEPALIVE: "the server took the ping and did not answer",
  ERR_MESSAGE_TOO_BIG: "this client takes messages of up to 64 MiB",
  ERR_PROXY: "look at --proxy and at the variables https_proxy, http_proxy, all_proxy and no_proxy",
};

/** Describes an error in one line, with its causes and a hint. */
export function describeError(error: unknown): string {
  const lines = [error instanceof Error ? error.message : String(error)];
  if (error instanceof WebSocketError) {
    const hint = error.status === 401 || error.status === 403
      ? 'a header may be missing: -H "Authorization: ...", -H "Cookie: ..."'
      : HINTS[error.code];
    if (hint !== undefined) lines.push(`hint: ${hint}`);
  }
  return lines.join("\n");
}

/** Describes an ending in one line. */
export function describeEnd(
  { code, reason, initiator, cause }: CloseInfo,
  { peer }: { readonly peer: "the server" | "the client" },
): string {
  const name = Object.entries(CloseCode).find(([, value]) => value === code)?.[0] ?? "";
  const by = initiator === "remote" ? peer : initiator === "local" ? "this side" : "the transport";
  const parts = [`closed by ${by}: ${code}`, name, reason === "" ? "" : JSON.stringify(reason)];
  const line = parts.filter((part) => part !== "").join(" ");
  return cause === undefined ? line : `${line}\n${describeError(cause)}`;
}
