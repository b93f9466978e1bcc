/**
 * Recognizes other protocols by their first bytes, for errors about a wrong port.
 *
 * @module
 */

/** Bytes of the longest pattern in {@linkcode KNOWN}. */
const PROBE_BYTES = 9;

/** Patterns of the first bytes as Latin-1, and the text for the error. */
const KNOWN: readonly (readonly [start: RegExp, what: string])[] = [
  // deno-lint-ignore no-control-regex
  [/^[\x14-\x17]\x03[\x00-\x04]/, "the server speaks TLS on this port: use wss:"],
  [/^SSH-/, "the server speaks SSH"],
  // deno-lint-ignore no-control-regex
  [/^\x00\x00[^]\x04\x00\x00\x00\x00\x00/, "the server speaks HTTP/2 without an upgrade"],
  [/^220[ -]/, "the server speaks SMTP or FTP"],
  [/^\+OK/, "the server speaks POP3"],
  [/^\* (?:OK|BYE)/, "the server speaks IMAP"],
  [/^RFB \d/, "the server speaks VNC"],
  [/^-(?:ERR|DENIED|NOAUTH)/, "the server speaks the protocol of Redis"],
  [/^(?:GET|HEAD|POST|PUT|OPTIONS) /, "the other end sent a request: it is no server"],
];

/**
 * Examines the first bytes of an answer.
 *
 * @returns A text that names the other protocol, `null` if it may be HTTP/1.x (the parser decides),
 *   or `undefined` if more bytes are needed.
 */
export function nameProtocol(first: Uint8Array): string | null | undefined {
  const text = String.fromCharCode(...first.subarray(0, PROBE_BYTES));
  if (text.startsWith("HTTP/1.")) return null;
  for (const [start, what] of KNOWN) if (start.test(text)) return what;
  return text.length < PROBE_BYTES ? undefined : null;
}
