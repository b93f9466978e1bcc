/**
 * Prints `docs/endings.md` from the table of endings. Without it the page would say what the
 * code once did; a test compares the two.
 *
 *     deno task docs:endings
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { type EndingName, ENDINGS } from "../../src/connection/endings.ts";

/** The page in the repository. */
export const ENDINGS_PAGE: URL = new URL("../../docs/endings.md", import.meta.url);

/** The events, and the codes that the table does not have. */
const EVENTS: Readonly<Record<EndingName, { readonly event: string; readonly code?: string }>> = {
  localClose: {
    event: "`close()` is called, or `session()` ends, or a handler throws",
    code: "the caller's (1005: none); 1000 at the end of `session()`; 1011 of an error",
  },
  remoteClose: { event: "the peer's Close frame arrives", code: "the peer's; 1005 without one" },
  failure: {
    event: "the peer breaks a rule or a limit",
    code: "1002, 1007, 1008 or 1009, by the rule",
  },
  transportEnd: { event: "the peer ends the transport (FIN) without a Close frame" },
  transportLoss: { event: "the transport is lost" },
  abort: { event: "`abort()` is called" },
  keepaliveTimeout: { event: "a keepalive ping is not answered within `pongTimeoutMs`" },
  closeTimeout: { event: "the peer does not close within `closeTimeoutMs`" },
  sendLimit: { event: "`send()` is called with `maxBufferedBytes` exceeded" },
};

const ACTIONS = {
  sendClose: "sends Close",
  finish: "answers Close; the server ends the transport",
  end: "ends the transport",
  abort: "aborts the transport",
} as const;

const UNREAD = { keep: "delivered", drop: "dropped" } as const;

const INTRODUCTION = `# How a connection ends

A connection ends in one of nine ways. The first ending that is decided is reported by \`closed\` and by
\`close()\` of the handler as a \`CloseInfo\`; later ones change nothing in it.

A message that had arrived whole before the end is still delivered, unless this side closed or
aborted the connection: \`read()\` and \`message()\` get it after the end, too. A message of which
a part is missing is never delivered.

Every ending takes the same steps in the same order: decide the \`CloseInfo\`; act on the transport;
drop unread messages, where they are dropped; enter \`CLOSING\` and start \`closeTimeoutMs\`; reject
what waits to be sent; end reading. The connection is \`CLOSED\` when the transport is gone.

`;

const NOTES = `
- A rule that fails the connection (RFC 6455 section 7.1.7) has sent Close with its code before the
  transport is ended.
- \`localClose\` is decided when the peer answers our Close. If something else happens first, that is
  the ending.
- \`remoteClose\` after our own Close is its answer: \`initiator\` is then \`"local"\`, with our code.
- \`closeTimeout\` follows another ending: messages that \`close()\` has dropped stay dropped.

This page is printed from \`src/connection/endings.ts\` by \`deno task docs:endings\`.
`;

/** The page. */
export function printEndings(): string {
  const rows = Object.entries(ENDINGS).map(([name, { initiator, error, wire, unread }]) => {
    const { event, code = "1006" } = EVENTS[name as EndingName];
    const cause = error === null ? "" : `\`${error}\``;
    const action = wire === null ? "nothing: it is gone" : ACTIONS[wire];
    return [`\`${name}\``, event, `\`"${initiator}"\``, code, cause, action, UNREAD[unread]];
  });
  const table = [
    ["ending", "event", "`initiator`", "`code`", "`cause`", "this side", "unread messages"],
    Array.from({ length: 7 }, () => "---"),
    ...rows,
  ];
  const lines = table.map((cells) => `| ${cells.join(" | ")} |\n`);
  return INTRODUCTION + lines.join("") + NOTES;
}

if (import.meta.main) writeFileSync(ENDINGS_PAGE, printEndings());
