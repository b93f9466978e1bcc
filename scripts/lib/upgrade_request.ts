/**
 * The request of an opening handshake as text, for peers of scripts that speak bytes.
 *
 * @module
 */

/** Writes the request to `host`. */
export function writeUpgradeRequest(
  { path = "/", host = "127.0.0.1", fields = [] }: {
    readonly path?: string;
    readonly host?: string;
    /** Further lines. */
    readonly fields?: readonly string[];
  } = {},
): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...fields,
    "\r\n",
  ].join("\r\n");
}
