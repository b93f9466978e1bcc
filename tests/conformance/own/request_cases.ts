/**
 * The opening handshake of servers: what they must take, and what they must refuse.
 *
 * @module
 */
import { acceptKey } from "../../../src/handshake/accept_key.ts";
import {
  failed,
  FINE,
  type Level,
  type OwnCase,
  type RequestCase,
  section,
  type Unnumbered,
  type Verdict,
} from "./case.ts";
import { CLOSE, closePayload, frame, TEXT } from "./frame.ts";
import type { Wire } from "./wire.ts";

const P = "Sec-WebSocket-Protocol";
/** The key of RFC 6455 section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** Differences from the request that every server accepts. */
export interface RequestChange {
  /** Default `GET / HTTP/1.1`. */
  readonly line?: string;
  /** Fields by name: another value, several, or `null` for none. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Lines after the fields, as they are. */
  readonly lines?: string;
}

/** Writes the head of a request. */
export function writeRequest(
  { line = "GET / HTTP/1.1", fields, lines = "" }: RequestChange,
): string {
  const all = new Map<string, string | readonly string[] | null>([
    ["Host", "127.0.0.1"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", KEY],
    ["Sec-WebSocket-Version", "13"],
    ...Object.entries(fields ?? {}),
  ]);
  const written = [...all].flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}\r\n`)
  );
  return `${line}\r\n${written.join("")}${lines}\r\n`;
}

/** Fields of a head, by name in small letters. */
export function fieldsOf(head: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    fields.set(name, [...fields.get(name) ?? [], line.slice(colon + 1).trim()]);
  }
  return fields;
}

/** The status of a response. */
export function statusOf(head: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? NaN);
}

/** Expectations of a row beyond 101 or a refusal. */
type Check = (fields: ReadonlyMap<string, readonly string[]>, status: number) => string | null;

/** Section 4.2.2: what a 101 has to say, and has not to. */
function checkAcceptance(fields: ReadonlyMap<string, readonly string[]>): string | null {
  const is = (name: string, pattern: RegExp) => pattern.test(fields.get(name)?.join() ?? "");
  if (!is("upgrade", /^websocket$/i)) return "Upgrade is not websocket";
  if (!is("connection", /^upgrade$/i)) return "Connection is not Upgrade";
  if (fields.get("sec-websocket-accept")?.join() !== acceptKey(KEY)) return "wrong accept key";
  if (fields.has("content-length")) return "a 101 with Content-Length (RFC 9110 8.6)";
  if (fields.has("transfer-encoding")) return "a 101 with Transfer-Encoding (RFC 9112 6.1)";
  return null;
}

/** Agrees on no extension, and on no protocol that was not offered (or not as a token). */
export function checkAgreement(
  fields: ReadonlyMap<string, readonly string[]>,
  { fields: sent = {} }: RequestChange,
): string | null {
  if (fields.has("sec-websocket-extensions")) return "agreed on an extension";
  const agreed = fields.get("sec-websocket-protocol")?.join();
  if (agreed === undefined) return null;
  const offered = [sent[P] ?? []].flat().join().split(",").map((each) => each.trim());
  const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(agreed);
  return isToken && offered.includes(agreed) ? null : `agreed on the protocol ${agreed}`;
}

/** A request that must be taken. */
export function takes(
  title: string,
  source: string,
  change: RequestChange,
  { level = "MUST" }: { level?: Level } = {},
): Unnumbered<RequestCase> {
  const run = async (wire: Wire): Promise<Verdict> => {
    wire.write(writeRequest(change));
    const head = await wire.head();
    if (head === null) return failed(level, "dropped without an answer");
    const status = statusOf(head), fields = fieldsOf(head);
    if (status !== 101) return failed(level, `refused with ${status}`);
    const wrong = checkAcceptance(fields) ?? checkAgreement(fields, change);
    if (wrong !== null) return failed(level, wrong);
    return await closeOpened(wire);
  };
  return { kind: "request", title: `takes ${title}`, source, level, run };
}

async function closeOpened(wire: Wire): Promise<Verdict> {
  wire.write(frame({ opcode: TEXT, payload: "after" }, "client"));
  await wire.framesUntil((frames) => frames.length > 0, "the echo");
  if (wire.frames[0] !== 'text "after"') return failed("MUST", `no echo: ${wire.frames[0]}`);
  wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, "client"));
  return await wire.endsInTime() ? FINE : { ...FINE, close: "UNCLEAN", why: "no TCP end" };
}

/** The required form of a refusal. */
export interface Refusal {
  readonly level?: Level;
  /** Statuses that say it best. Default: any of 400 and above. */
  readonly statuses?: readonly number[];
  readonly check?: Check;
  /** It asks for no upgrade at all: an HTTP server may answer it as any other. */
  readonly isPlain?: boolean;
}

/** A request that must be refused. */
export function refuses(
  title: string,
  source: string,
  change: RequestChange | string,
  refusal: Refusal = {},
): Unnumbered<RequestCase> {
  const { level = "MUST" } = refusal;
  const run = async (wire: Wire): Promise<Verdict> => {
    wire.write(typeof change === "string" ? change : writeRequest(change));
    return await judgeRefusal(wire, refusal);
  };
  return { kind: "request", title: `refuses ${title}`, source, level, run };
}

/** Judges what came to a request that must be refused. */
export async function judgeRefusal(
  wire: Wire,
  { level = "MUST", statuses, check, isPlain = false }: Refusal,
): Promise<Verdict> {
  const head = await wire.head();
  if (head === null) return failed("SHOULD", "dropped without an answer");
  const status = statusOf(head);
  if (status === 101 || status < 300 && !isPlain) return failed(level, `answered ${status}`);
  if (statuses !== undefined && !statuses.includes(status)) {
    return failed(level === "MUST" ? "SHOULD" : level, `answered ${status}, not ${statuses}`);
  }
  const wrong = check?.(fieldsOf(head), status) ?? null;
  return wrong === null ? FINE : failed(level, wrong);
}

/** RFC 6455 4.4: a server says which versions it speaks. */
const saysVersion: Check = (fields) =>
  fields.get("sec-websocket-version")?.join().split(/,\s*/).includes("13")
    ? null
    : "does not say Sec-WebSocket-Version: 13";

/** No upgrade is asked for. */
const plain = { isPlain: true } as const;
const ours = { level: "OURS" } as const;
const badRequest = { statuses: [400] } as const;
const ourBadRequest = { level: "OURS", statuses: [400] } as const;

/** Opening handshakes for servers. */
export const REQUESTS: readonly OwnCase[] = section("handshake", [
  takes("the request of section 1.3", "RFC 6455 1.3", {
    line: "GET /chat HTTP/1.1",
    fields: { Host: "127.0.0.1", [P]: "chat, superchat" },
  }),
  takes("names of fields in small letters", "RFC 9110 5.1", {
    fields: { Host: null, Upgrade: null, Connection: null },
    lines: "host: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n",
  }),
  takes("Upgrade in any case", "RFC 6455 4.2.1 (3)", { fields: { Upgrade: "WebSocket" } }),
  takes("Connection in any case", "RFC 6455 4.2.1 (4)", { fields: { Connection: "uPGRADE" } }),
  takes("Connection as Firefox sends it", "RFC 6455 4.2.1 (4)", {
    fields: { Connection: "keep-alive, Upgrade" },
  }),
  takes("Connection repeated", "RFC 9110 5.3", {
    fields: { Connection: ["keep-alive", "Upgrade"] },
  }),
  takes("values without and with much space around", "RFC 9112 5", {
    fields: { Upgrade: null, Connection: null },
    lines: "Upgrade:websocket\r\nConnection: \t Upgrade  \r\n",
  }),
  takes("a tab behind a value", "RFC 9112 5", { fields: { Connection: "Upgrade\t" } }),
  takes("a target with a query", "RFC 6455 4.2.1 (1)", { line: "GET /chat?a=1&b=%20 HTTP/1.1" }),
  takes("a target in absolute form", "RFC 6455 4.2.1 (1)", {
    line: "GET http://127.0.0.1/ HTTP/1.1",
  }),
  takes("an extension it does not know, without agreeing on it", "RFC 6455 9.1", {
    fields: { "Sec-WebSocket-Extensions": "unknown; a=1, x-other" },
  }),
  takes("other fields with any byte in them", "RFC 9110 5.5", {
    fields: { "X-Bytes": "\x80\xff\xc3\xa4" },
  }),
  takes("the same Origin", "RFC 6455 10.2", { fields: { Origin: "http://127.0.0.1" } }),
  {
    kind: "request",
    title: "hears a frame that comes with the request",
    source: "RFC 6455 4.1",
    level: "OURS", // a client has to wait for the answer; one that does not is heard all the same
    async run(wire) {
      const hello = frame({ opcode: TEXT, payload: "after" }, "client");
      wire.write(Uint8Array.from([...new TextEncoder().encode(writeRequest({})), ...hello]));
      if (await wire.head() === null) return failed("OURS", "dropped without an answer");
      await wire.framesUntil((frames) => frames.length > 0, "the echo");
      wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, "client"));
      await wire.ended();
      return wire.frames[0] === 'text "after"' ? FINE : failed("OURS", `${wire.frames[0]}`);
    },
  },
  {
    kind: "request",
    title: "takes a request that comes byte by byte",
    source: "RFC 9112 2.1",
    level: "MUST",
    async run(wire) {
      const bytes = new TextEncoder().encode(writeRequest({}));
      await wire.writeApart(Array.from(bytes, (byte) => Uint8Array.of(byte)));
      const head = await wire.head();
      if (head === null || statusOf(head) !== 101) return failed("MUST", "not taken");
      return await closeOpened(wire);
    },
  },
  ...["POST", "PUT", "HEAD", "OPTIONS"].map((method) =>
    refuses(`method ${method}`, "RFC 6455 4.2.1 (1)", { line: `${method} / HTTP/1.1` })
  ),
  refuses("a method in small letters", "RFC 9110 9.1", { line: "get / HTTP/1.1" }),
  refuses("HTTP/1.0", "RFC 6455 4.2.1 (1)", { line: "GET / HTTP/1.0" }, plain),
  refuses("no Host", "RFC 6455 4.2.1 (2)", { fields: { Host: null } }, badRequest),
  refuses("two Hosts", "RFC 9112 3.2", { fields: { Host: ["a", "b"] } }, badRequest),
  refuses("an empty Host", "RFC 9110 4.2.1", { fields: { Host: "" } }, ourBadRequest),
  refuses("a Host that is none", "RFC 9112 3.2", { fields: { Host: "a/b" } }, badRequest),
  refuses("no Upgrade", "RFC 6455 4.2.1 (3)", { fields: { Upgrade: null } }, plain),
  refuses("another Upgrade", "RFC 6455 4.2.1 (3)", { fields: { Upgrade: "h2c" } }, plain),
  refuses("websockets", "RFC 6455 4.2.1 (3)", { fields: { Upgrade: "websockets" } }, plain),
  refuses("no Connection", "RFC 6455 4.2.1 (4)", { fields: { Connection: null } }, plain),
  refuses(
    "Connection: keep-alive",
    "RFC 6455 4.2.1 (4)",
    { fields: { Connection: "keep-alive" } },
    plain,
  ),
  refuses("no key", "RFC 6455 4.2.1 (5)", { fields: { "Sec-WebSocket-Key": null } }, badRequest),
  refuses("a key of 15 bytes", "RFC 6455 4.2.1 (5)", {
    fields: { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j" },
  }, badRequest),
  refuses("a key that is not base64", "RFC 6455 4.2.1 (5)", {
    fields: { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub2*jZQ==" },
  }, badRequest),
  refuses("two keys", "RFC 6455 11.3.1", { fields: { "Sec-WebSocket-Key": [KEY, KEY] } }),
  refuses("no version", "RFC 6455 4.2.1 (6)", { fields: { "Sec-WebSocket-Version": null } }),
  ...["12", "14", "8", "013", "+13", "13.0", ""].map((version) =>
    refuses(`version "${version}", naming 13`, "RFC 6455 4.2.2, 4.4", {
      fields: { "Sec-WebSocket-Version": version },
    }, { statuses: [426, 400], check: saysVersion })
  ),
  refuses("two versions", "RFC 6455 11.3.5", { fields: { "Sec-WebSocket-Version": ["13", "13"] } }),
  refuses("an empty list of protocols", "RFC 6455 11.3.4", { fields: { [P]: "" } }, ours),
  refuses("protocols that are no tokens", "RFC 6455 4.1 (10)", { fields: { [P]: "a b" } }, ours),
  refuses("a protocol twice", "RFC 6455 4.1 (10)", { fields: { [P]: "a, a" } }, ours),
  refuses("an extension that is none", "RFC 6455 9.1", {
    fields: { "Sec-WebSocket-Extensions": "a; b=" },
  }, ours),
  refuses("Origin twice", "RFC 6454 7.3", {
    fields: { Origin: ["http://127.0.0.1", "http://127.0.0.1"] },
  }, ours),
]);
