/**
 * Differences between this library and others that are known, each with the reason. In all but
 * three, which docs/fuzz.md names, ours is stricter, or earlier.
 *
 * @module
 */
import { METHODS } from "node:http";
import { concat } from "../../src/bytes.ts";
import { parseRequestHead } from "../../src/handshake/parse_head.ts";
import { readUpgrade } from "../../src/handshake/server_handshake.ts";
import { type Input, MAX_MESSAGE_BYTES, type Outcome } from "./outcome.ts";
import { hasFinalBlock, hasKeptEnd, readOurs } from "./ours.ts";

/** Two readings of one input. */
export interface Readings {
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly peer: "ws" | "websockets";
}

/** A known difference. */
interface Difference {
  readonly name: string;
  readonly kinds: readonly Input["kind"][];
  /** Whether it is this one. */
  is(readings: Readings, input: Input): boolean;
}

const hasFailed = ({ end }: Outcome): boolean => end.startsWith("fail");

/** Whether what ours was given is all that theirs was given, or the beginning of it. */
function isBeginning({ ours, theirs }: Readings): boolean {
  return ours.events.every((event, index) => event === theirs.events[index]);
}

const hasSame = (readings: Readings): boolean =>
  isBeginning(readings) && readings.ours.events.length === readings.theirs.events.length;

const FRAMES = ["frames", "deflate"] as const;

const DIFFERENCES: readonly Difference[] = [
  {
    // RFC 6455 section 5.2: the minimal number of bytes MUST be used.
    name: "a length that is not in its shortest form is refused",
    kinds: FRAMES,
    is: (readings) => readings.ours.rule === "lengthNotMinimal" && isBeginning(readings),
  },
  {
    // RFC 6455 section 8.1; the others decode when the message is complete.
    name: "a text that is not UTF-8 fails at its first wrong byte",
    kinds: FRAMES,
    is: (readings) => readings.ours.rule === "notUtf8" && isBeginning(readings),
  },
  {
    name: "a header that breaks a rule fails before its payload has come",
    kinds: FRAMES,
    is: (readings) =>
      hasFailed(readings.ours) && readings.theirs.end === "open" && hasSame(readings),
  },
  {
    name: "of several broken rules another one is named",
    kinds: FRAMES,
    is: (readings) => hasFailed(readings.ours) && hasFailed(readings.theirs) && hasSame(readings),
  },
  {
    // Others look at the first two bytes. Ours has at most 14 bytes of such a header.
    name: "a header that breaks a rule fails when all of it has come",
    kinds: FRAMES,
    is: (readings, input) => {
      const { ours, theirs } = readings;
      if (ours.end !== "open" || !hasFailed(theirs) || !hasSame(readings)) return false;
      const whole = readOurs({ ...input, bytes: concat([input.bytes, new Uint8Array(14)]) });
      return hasFailed(whole) && whole.events.length === ours.events.length;
    },
  },
  {
    // zlib alone takes it for a shorter message; see `ending.ts` of `runtime/node_builtins/zlib`.
    name: "a compressed message that stops within a block is refused",
    kinds: ["deflate"],
    is: (readings) => readings.ours.rule === "badEncoding" && isBeginning(readings),
  },
  {
    // It looks at what is left of the message's limit for every frame, pings between fragments
    // included.
    name: "Python counts control frames between fragments as parts of the message",
    kinds: FRAMES,
    is: ({ ours, theirs, peer }) => {
      const next = ours.events[theirs.events.length] ?? "";
      return peer === "websockets" && theirs.end === "fail 1009" && /^[po]/.test(next) &&
        theirs.events.every((event, index) => event === ours.events[index]);
    },
  },
  {
    // The test decodes a small message in one call, as connections do; others decode each fragment.
    name: "a damaged compressed message in fragments fails sooner or later",
    kinds: ["deflate"],
    is: ({ ours, theirs }) => {
      const common = Math.min(ours.events.length, theirs.events.length);
      const more = [...ours.events.slice(common), ...theirs.events.slice(common)];
      return hasFailed(theirs) &&
        more.every((event) => /^[po]/.test(event)) &&
        theirs.events.slice(0, common).every((event, index) => event === ours.events[index]);
    },
  },
  {
    // RFC 7692 section 7.2.3.4 allows such blocks. Others give what came before one, of this
    // message (ws) or of all that follow (Python), or begin anew with another window.
    name: "behind a final block or damage others inflate something else",
    kinds: ["deflate"],
    is: ({ ours, theirs }, { bytes, role }) => {
      const at = theirs.events.findIndex((event, index) => event !== ours.events[index]);
      const [own = "", their = ""] = [ours.events[at], theirs.events[at]];
      const isOther = at >= 0 && /^[tb]/.test(their) && (own === "" || own[0] === their[0]);
      return (isOther || hasFailed(theirs)) && hasFinalBlock(bytes, role);
    },
  },
  {
    // zlib's second flush without data gives no byte, and some senders leave the end of the last
    // block, with an empty fragment behind it. All take the message for complete; the others' zlib
    // then stands within a block, and fails at the next.
    name: "behind a compressed message without a byte, or with the end of its block, others fail",
    kinds: ["deflate"],
    is: ({ ours, theirs }, { bytes, role }) =>
      hasFailed(theirs) && theirs.events.length < ours.events.length &&
      theirs.events.every((event, index) => event === ours.events[index]) &&
      hasKeptEnd(bytes, role),
  },
  {
    // RFC 6455 section 5.4 allows control frames there, and Close is one.
    name: "Python refuses a Close between fragments",
    kinds: FRAMES,
    is: (readings) =>
      readings.peer === "websockets" && readings.ours.end.startsWith("close") &&
      readings.theirs.end === "fail 1002" && hasSame(readings),
  },
  {
    name: "a head that others take is refused",
    kinds: ["heads"],
    is: ({ ours }) => ours.end === "refused",
  },
  {
    name: "a head is refused when all of it has come",
    kinds: ["heads"],
    is: ({ ours, theirs }, input) => {
      if (ours.end !== "more" || theirs.end !== "refused") return false;
      const bytes = concat([input.bytes, Uint8Array.from([13, 10, 13, 10])]);
      return readOurs({ ...input, bytes }).end === "refused";
    },
  },
  {
    // RFC 9110 section 15.2: interim responses come before the one that counts.
    name: "an interim response is skipped",
    kinds: ["heads"],
    is: ({ ours, theirs }) => ours.end === "more" && /^head\n1(?!01)/.test(theirs.end),
  },
  {
    // The head is read, and then the handshake refuses it: see `readUpgrade`.
    name: "Python refuses other methods, bodies and versions while it reads",
    kinds: ["heads"],
    is: ({ ours, theirs, peer }) =>
      peer === "websockets" && theirs.end === "refused" &&
      /^head\n(?!GET )|\n(content-length|transfer-encoding): /.test(ours.end),
  },
  {
    name: "Python refuses a compressed message of exactly the limit",
    kinds: ["deflate"],
    is: ({ ours, theirs, peer }) => {
      const next = ours.events[theirs.events.length] ?? "";
      return peer === "websockets" && theirs.end === "fail 1009" &&
        next.length === "t:".length + 2 * MAX_MESSAGE_BYTES;
    },
  },
  {
    name: "Python reads the body of a response before it gives the head",
    kinds: ["heads"],
    is: ({ ours, theirs, peer }) =>
      peer === "websockets" && theirs.end === "more" && /^head\n(?!101)\d/.test(ours.end),
  },
  {
    // RFC 9112 section 3.2. `readUpgrade` refuses it with 400; `node:http` does while it reads.
    name: "a target that is no URI is read, and then refused by the handshake",
    kinds: ["heads"],
    is: ({ ours, theirs }, { role }) => {
      const [, target = ""] = /^head\n[^ \n]+ ([^ \n]+)/.exec(ours.end) ?? [];
      return role === "server" && theirs.end === "refused" && isRefusedTarget(target);
    },
  },
  {
    name: "a method that node:http does not know is read, and then refused by the handshake",
    kinds: ["heads"],
    is: ({ ours, theirs, peer }, { role }) =>
      peer === "ws" && role === "server" && theirs.end === "refused" &&
      !METHODS.includes(/^head\n(\S+)/.exec(ours.end)?.[1] ?? "GET"),
  },
  {
    // RFC 7692 section 6.1: the bit belongs to a message's first frame.
    name: "Python takes RSV1 on continuation frames",
    kinds: ["deflate"],
    is: (readings) =>
      readings.peer === "websockets" && readings.ours.rule === "reservedBits" &&
      isBeginning(readings),
  },
  {
    // Others first inflate it, and may meet a final block or damage before the limit.
    name: "a message whose compressed size is above the limit is refused",
    kinds: ["deflate"],
    is: (readings) => readings.ours.rule === "messageTooBig" && isBeginning(readings),
  },
  {
    // Its zlib is given what is left of the limit for each fragment, and a byte more is too much.
    name: "Python refuses a compressed message near the limit",
    kinds: ["deflate"],
    is: ({ ours, theirs, peer }) =>
      peer === "websockets" && theirs.end === "fail 1009" &&
      theirs.events.every((event, index) => event === ours.events[index]),
  },
  {
    // `node:http` takes it, too, and some servers send it.
    name: "Python refuses a status line without a reason",
    kinds: ["heads"],
    is: ({ theirs, peer }, { bytes, role }) =>
      peer === "websockets" && role === "client" && theirs.end === "refused" &&
      /^HTTP\/1\.1 \d{3}\r\n/.test(Buffer.from(bytes).toString("latin1")),
  },
  {
    // RFC 9112 section 2.2: a server should ignore at least one empty line there.
    name: "Python refuses an empty line before the request line",
    kinds: ["heads"],
    is: ({ theirs, peer }, { bytes }) =>
      peer === "websockets" && theirs.end === "refused" && (bytes[0] === 13 || bytes[0] === 10),
  },
  {
    // RFC 9110 section 2.5: a minor version that is not known is compatible.
    name: "others refuse HTTP/1.2 to HTTP/1.9",
    kinds: ["heads"],
    is: ({ theirs }, { bytes }) =>
      theirs.end === "refused" &&
      /HTTP\/1\.[2-9]/.test(Buffer.from(bytes).toString("latin1")),
  },
];

/** Whether the handshake refuses a target, whatever else the request has. */
function isRefusedTarget(target: string): boolean {
  const text = [
    `GET ${target} HTTP/1.1`,
    "Host: a",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "",
  ].join("\r\n");
  const head = parseRequestHead(text);
  return typeof head === "string" || "reason" in readUpgrade(head);
}

/** The name of the difference, or `null` if there is no explanation. */
export function explain(input: Input, readings: Readings): string | null {
  const found = DIFFERENCES.find(({ kinds, is }) =>
    kinds.includes(input.kind) && is(readings, input)
  );
  return found?.name ?? null;
}
