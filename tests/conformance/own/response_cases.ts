/**
 * The opening handshake of clients: what they must ask, what they must take, and what they
 * must fail.
 *
 * @module
 */
import { acceptKey } from "../../../src/handshake/accept_key.ts";
import {
  failed,
  FINE,
  type Level,
  type OwnCase,
  type ResponseCase,
  section,
  type Unnumbered,
  type Verdict,
} from "./case.ts";
import { CLOSE, closePayload, frame } from "./frame.ts";
import { fieldsOf } from "./request_cases.ts";
import type { Wire } from "./wire.ts";

/** Differences from the answer that every client accepts. */
export interface ResponseChange {
  /** Default `HTTP/1.1 101 Switching Protocols`. */
  readonly line?: string;
  /** Fields by name: another value, several, or `null` for none. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Lines after the fields, as they are. */
  readonly lines?: string;
}

const LINE = "HTTP/1.1 101 Switching Protocols";

/** Writes the head of the answer to a request. */
export function writeResponse(request: string, change: ResponseChange = {}): string {
  const key = fieldsOf(request).get("sec-websocket-key")?.join() ?? "";
  const all = new Map<string, string | readonly string[] | null>([
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
    ...Object.entries(change.fields ?? {}),
  ]);
  const written = [...all].flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}\r\n`)
  );
  return `${change.line ?? LINE}\r\n${written.join("")}${change.lines ?? ""}\r\n`;
}

/** An answer that must be taken. */
export function takes(
  title: string,
  source: string,
  change: ResponseChange,
): Unnumbered<ResponseCase> {
  const run = async (wire: Wire, request: string): Promise<Verdict> => {
    wire.write(writeResponse(request, change));
    return await closeOpened(wire);
  };
  return { kind: "response", title: `takes ${title}`, source, level: "MUST", run };
}

async function closeOpened(wire: Wire): Promise<Verdict> {
  wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, "server"));
  await wire.framesUntil((frames) => frames.length > 0, "the answer to a Close");
  if (wire.frames[0] !== "close 1000") return failed("MUST", `${wire.frames[0] ?? "TCP end"}`);
  wire.end();
  return await wire.endsInTime() ? FINE : { ...FINE, close: "UNCLEAN", why: "no TCP end" };
}

/** An answer that must be failed: the client says nothing and drops the connection. */
export function fails(
  title: string,
  source: string,
  answer: ResponseChange | ((request: string) => string),
  level: Level = "MUST",
): Unnumbered<ResponseCase> {
  const run = async (wire: Wire, request: string): Promise<Verdict> => {
    wire.write(typeof answer === "function" ? answer(request) : writeResponse(request, answer));
    return await judgeFailure(wire, level);
  };
  return { kind: "response", title: `fails ${title}`, source, level, run };
}

/** Judges what a client did about an answer that it must fail. */
export async function judgeFailure(wire: Wire, level: Level): Promise<Verdict> {
  const ping = frame({ opcode: 9, payload: "open?" }, "server");
  wire.write(ping); // one that took the answer says so
  const hasEnded = await wire.endsInTime();
  if (wire.frames.length > 0 || wire.rest.length > 0) return failed(level, "took it");
  return hasEnded ? FINE : failed(level, "the TCP connection was not ended");
}

const field = (name: string, value: string | readonly string[] | null): ResponseChange => ({
  fields: { [name]: value },
});
const P = "Sec-WebSocket-Protocol", E = "Sec-WebSocket-Extensions";
const deflate = (params: string): ResponseChange => field(E, `permessage-deflate${params}`);

/** Section 4.1: the request itself. */
const REQUEST_RULES: readonly (readonly [string, string, (head: string) => boolean])[] = [
  ["GET and HTTP/1.1", "4.1 (2)", (head) => /^GET \/\S+ HTTP\/1\.1\r\n/.test(head)],
  ["one Host with its port", "4.1 (4)", (head) => /^\S+:\d+$/.test(one(head, "host"))],
  ["Upgrade: websocket", "4.1 (5)", (head) => /^websocket$/i.test(one(head, "upgrade"))],
  ["Connection: Upgrade", "4.1 (6)", (head) => /\bupgrade\b/i.test(one(head, "connection"))],
  [
    "one key of 16 bytes",
    "4.1 (7)",
    (head) => /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(one(head, "sec-websocket-key")),
  ],
  ["version 13", "4.1 (9)", (head) => one(head, "sec-websocket-version") === "13"],
];

function one(head: string, name: string): string {
  const values = fieldsOf(head).get(name) ?? [];
  return values.length === 1 ? values[0]! : "";
}

/** Opening handshakes for clients. */
export const RESPONSES: readonly OwnCase[] = section("handshake", [
  ...REQUEST_RULES.map(([title, source, isRight]): Unnumbered<ResponseCase> => ({
    kind: "response",
    title: `asks with ${title}`,
    source: `RFC 6455 ${source}`,
    level: "MUST",
    async run(wire, request) {
      if (!isRight(request)) return failed("MUST", "does not");
      wire.write(writeResponse(request));
      return await closeOpened(wire);
    },
  })),
  takes("the answer of section 1.3", "RFC 6455 1.3", {}),
  takes("names in small letters", "RFC 9110 5.1", {
    fields: { Upgrade: null, Connection: null },
    lines: "upgrade: websocket\r\nconnection: upgrade\r\n",
  }),
  takes("Upgrade in any case", "RFC 6455 4.1 (2)", field("Upgrade", "WebSocket")),
  takes("Connection in any case", "RFC 6455 4.1 (3)", field("Connection", "uPGRADE")),
  takes("Connection in a list", "RFC 6455 4.1 (3)", field("Connection", "keep-alive, Upgrade")),
  takes("another reason phrase", "RFC 9112 4", { line: "HTTP/1.1 101 Go" }),
  takes("no reason phrase", "RFC 9112 4", { line: "HTTP/1.1 101 " }),
  takes("fields with any byte in them", "RFC 9110 5.5", field("X-Bytes", "\x80\xff\xc3\xa4")),
  takes("a cookie and a date", "RFC 6455 4.1", {
    fields: { "Set-Cookie": ["a=b", "c=d"], Date: "Thu, 01 Jan 1970 00:00:00 GMT" },
  }),
  {
    kind: "response",
    title: "takes an answer that comes byte by byte",
    source: "RFC 9112 2.1",
    level: "MUST",
    async run(wire, request) {
      const bytes = new TextEncoder().encode(writeResponse(request));
      await wire.writeApart(Array.from(bytes, (byte) => Uint8Array.of(byte)));
      return await closeOpened(wire);
    },
  },
  ...[200, 204, 301, 302, 307, 400, 401, 403, 404, 426, 500, 503].map((status) =>
    fails(
      `status ${status}`,
      "RFC 6455 4.1 (1)",
      () => `HTTP/1.1 ${status} No\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n`,
    )
  ),
  fails("status 200 with all the fields of a 101", "RFC 6455 4.1 (1)", {
    line: "HTTP/1.1 200 Switching Protocols",
  }),
  fails("no Upgrade", "RFC 6455 4.1 (2)", field("Upgrade", null)),
  fails("another Upgrade", "RFC 6455 4.1 (2)", field("Upgrade", "h2c")),
  fails("websockets", "RFC 6455 4.1 (2)", field("Upgrade", "websockets")),
  fails("no Connection", "RFC 6455 4.1 (3)", field("Connection", null)),
  fails("Connection: close", "RFC 6455 4.1 (3)", field("Connection", "close")),
  fails("no accept key", "RFC 6455 4.1 (4)", field("Sec-WebSocket-Accept", null)),
  fails(
    "another accept key",
    "RFC 6455 4.1 (4)",
    (request) =>
      writeResponse(request, field("Sec-WebSocket-Accept", acceptKey("AAAAAAAAAAAAAAAAAAAAAA=="))),
  ),
  fails("an accept key in small letters", "RFC 6455 4.1 (4)", (request) => {
    const key = acceptKey(fieldsOf(request).get("sec-websocket-key")!.join());
    return writeResponse(request, field("Sec-WebSocket-Accept", key.toLowerCase()));
  }),
  fails("two accept keys", "RFC 6455 11.3.3", (request) => {
    const key = acceptKey(fieldsOf(request).get("sec-websocket-key")!.join());
    return writeResponse(request, field("Sec-WebSocket-Accept", [key, key]));
  }),
  fails("an extension that was not offered", "RFC 6455 4.1 (5)", field(E, "x-unknown")),
  fails("a protocol that was not offered", "RFC 6455 4.1 (6)", field(P, "chat")),
  fails("an empty protocol", "RFC 6455 4.1 (6)", field(P, ""), "OURS"),
  ...[
    "; unknown",
    "; server_max_window_bits=7",
    "; server_max_window_bits=16",
    "; server_max_window_bits=99",
    "; server_max_window_bits",
    "; server_max_window_bits=015",
    "; server_max_window_bits=1e1",
    '; server_max_window_bits=""',
    "; server_no_context_takeover=1",
    "; server_no_context_takeover; server_no_context_takeover",
    "; client_max_window_bits=99",
    ", permessage-deflate",
  ].map((params) =>
    fails(`permessage-deflate${params}`, "RFC 7692 7.1, CVE-2026-2229", deflate(params))
  ),
  fails("HTTP/1.0", "RFC 9110 7.8", { line: "HTTP/1.0 101 Switching Protocols" }, "OURS"),
  fails(
    "a bare LF",
    "RFC 9112 2.2",
    (request) => writeResponse(request).replaceAll("\r\n", "\n"),
    "OURS",
  ),
  fails("a folded field", "RFC 9112 5.2", { lines: "X-A: b\r\n c\r\n" }, "OURS"),
  fails("NUL in a field", "RFC 9110 5.5", { lines: "X-A: b\0c\r\n" }, "OURS"),
  fails("another protocol", "RFC 9112 4", () => "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
  {
    kind: "response",
    title: "fails an answer that ends in its first line",
    source: "RFC 6455 4.1",
    level: "MUST",
    async run(wire) {
      wire.write("HTTP/1.1 101");
      wire.end();
      return await wire.endsInTime() ? FINE : failed("MUST", "the TCP connection was not ended");
    },
  },
]);

const manyFields = (count: number): string =>
  Array.from({ length: count - 3 }, (_, i) => `X-${i}: ${i}\r\n`).join("");

/** Heads for clients. */
export const RESPONSE_HEADS: readonly OwnCase[] = section("head", [
  takes("100 fields", "our limit", { lines: manyFields(100) }),
  fails("101 fields", "our limit", { lines: manyFields(101) }, "OURS"),
  takes("a head of 8 KiB", "RFC 9110 5.4", { lines: `X-Long: ${"x".repeat(8_192 - 200)}\r\n` }),
  fails(
    "a head of 16 KiB and more",
    "our limit",
    { lines: `X-Long: ${"x".repeat(16_384)}\r\n` },
    "OURS",
  ),
  takes("interim responses before it", "RFC 9110 15.2", {
    line: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${LINE}`,
  }),
  {
    kind: "response",
    title: "fails a head without an end, after 16 KiB",
    source: "CVE-2023-43669",
    level: "OURS",
    async run(wire) {
      wire.write(`${LINE}\r\nX-Long: `);
      await wire.flood(new Uint8Array(1_024).fill(0x78), 20_000);
      return await wire.endsInTime() ? FINE : failed("OURS", "the TCP connection was not ended");
    },
  },
  {
    kind: "response",
    title: "fails interim responses without an end",
    source: "RFC 9110 15.2",
    level: "OURS",
    async run(wire) {
      const interim = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
      await wire.flood(interim, 5_000);
      return await wire.endsInTime() ? FINE : failed("OURS", "the TCP connection was not ended");
    },
  },
]);
