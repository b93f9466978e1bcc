/**
 * Suggests the nearest right name for a wrong one. A browser's client does not load it.
 *
 * @module
 */

/** Names that other libraries use for the same options and methods. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  host: "hostname",
  maxPayload: "maxMessageBytes",
  maxPayloadLength: "maxMessageBytes",
  perMessageDeflate: "compression",
  idleTimeout: "pingIntervalMs",
  unix: "path",
  agent: "proxy",
  ca: "tls",
  cert: "tls",
  key: "tls",
  threshold: "thresholdBytes",
};

/**
 * Names of handlers, which are a value of their own beside the options of servers, and an option of
 * clients.
 */
const OF_HANDLERS: readonly string[] = [
  "session",
  "message",
  "open",
  "close",
  "drain",
  "ping",
  "pong",
  "protocol",
  "protocolRequired",
  "concurrency",
];

/** `; did you mean "x"?` for a name that is nearly one of `known`, else `""`. */
export function suggest(name: string, known: readonly string[]): string {
  // One foreign name stands for two options: one of `connect`, and one in `tls`.
  const verification = known.includes("tls") ? "tls" : "dangerouslyAcceptAnyCertificate";
  const foreign = name === "rejectUnauthorized" ? verification : FOREIGN_NAMES[name] ?? "";
  if (known.includes(foreign)) return `; did you mean "${foreign}"?`;
  if (OF_HANDLERS.includes(name) && known.includes("maxMessageBytes")) {
    if (known.includes("handler")) return `; it belongs to the handler: { handler: { ${name} } }`;
    return "; it belongs to the handler, which is an argument of its own";
  }
  const [nearest] = known.map((right) => ({ right, edits: countEdits(name, right) }))
    .sort((a, b) => a.edits - b.edits);
  const isNear = nearest !== undefined && nearest.edits <= Math.ceil(name.length / 3);
  return isNear ? `; did you mean "${nearest.right}"?` : "";
}

/** The Levenshtein distance of two names, ignoring case. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from.toLowerCase()].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to.toLowerCase()].entries()) {
      const replaced = row[j]! + (letter === other ? 0 : 1);
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, replaced));
    }
    row = next;
  }
  return row[to.length]!;
}
