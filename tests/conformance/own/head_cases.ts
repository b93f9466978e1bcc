/**
 * HTTP heads at their limits and beyond the grammar, for servers.
 *
 * @module
 */
import { failed, FINE, type OwnCase, section } from "./case.ts";
import { refuses, takes, writeRequest } from "./request_cases.ts";

const ours = { level: "OURS" } as const;
const plain = { isPlain: true } as const;
const badRequest = { statuses: [400] } as const;

// What RFC 9110 5.5 and RFC 9112 5.2 let a server mend instead.
const ourBadRequest = { ...ours, statuses: [400] } as const;

/** A request with a field that makes it exactly so long. */
function ofLength(bytes: number): string {
  const name = "X-Long: ";
  const rest = bytes - writeRequest({}).length - name.length - 2;
  return writeRequest({ lines: `${name}${"x".repeat(rest)}\r\n` });
}

const manyFields = (count: number): string =>
  Array.from({ length: count - 5 }, (_, i) => `X-${i}: ${i}\r\n`).join("");

/** Heads for servers. */
export const HEADS: readonly OwnCase[] = section("head", [
  takes("100 fields", "our limit", { lines: manyFields(100) }),
  refuses("101 fields", "our limit", { lines: manyFields(101) }, { ...ours, statuses: [431] }),
  takes("a head of 8 KiB", "RFC 9110 5.4", { lines: `X-Long: ${"x".repeat(8_192 - 200)}\r\n` }),
  refuses("a head of 16 KiB and a byte", "our limit", ofLength(16_385), {
    ...ours,
    statuses: [431],
  }),
  refuses("a target of 20 KiB", "RFC 9110 15.5.15", {
    line: `GET /${"a".repeat(20_480)} HTTP/1.1`,
  }, { ...ours, statuses: [414, 431] }),
  {
    kind: "request",
    title: "refuses a head without an end, after 16 KiB",
    source: "CVE-2023-43669",
    level: "OURS",
    async run(wire) {
      wire.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ");
      await wire.flood(new Uint8Array(1_024).fill(0x78), 20_000); // 20 MB, if it is let
      // The answer may be lost when the server resets the connection under the flood.
      return await wire.endsInTime() ? FINE : failed("OURS", "the TCP connection was not ended");
    },
  },
  refuses("a bare LF after a field", "RFC 9112 2.2", {
    lines: "X-A: b\nX-C: d\r\n",
  }, { ...ours, statuses: [400] }),
  refuses("a bare CR in a field", "RFC 9112 2.2", { lines: "X-A: b\rc\r\n" }, ourBadRequest),
  refuses("NUL in a field", "RFC 9110 5.5", { lines: "X-A: b\0c\r\n" }, ourBadRequest),
  refuses("a folded field", "RFC 9112 5.2", { lines: "X-A: b\r\n c\r\n" }, ourBadRequest),
  refuses("space before the colon", "RFC 9112 5.1", { lines: "X-A : b\r\n" }, badRequest),
  refuses("a field without a colon", "RFC 9112 5", { lines: "X-A\r\n" }, badRequest),
  refuses("a field without a name", "RFC 9112 5.1", { lines: ": b\r\n" }, badRequest),
  refuses("a name beyond ASCII", "RFC 9110 5.1", { lines: "X-\xe4: b\r\n" }, badRequest),
  refuses("a request line without a version", "RFC 9112 3", { line: "GET /" }, plain),
  refuses("a request line with a space too many", "RFC 9112 3", { line: "GET /a b HTTP/1.1" }),
  refuses("HTTP in small letters", "RFC 9112 2.3", { line: "GET / http/1.1" }),
  refuses("HTTP/1.10", "RFC 9112 2.3", { line: "GET / HTTP/1.10" }),
  refuses("HTTP/2.0", "RFC 9112 2.3", { line: "GET / HTTP/2.0" }, plain),
  refuses("a target of nothing but *", "RFC 9112 3.2.4", { line: "GET * HTTP/1.1" }, ours),
  refuses("a target with a fragment", "RFC 6455 3", { line: "GET /a#b HTTP/1.1" }, ours),
  refuses("a body", "RFC 9110 9.3.1", {
    fields: { "Content-Length": "5" },
    lines: "",
  }, ours),
  refuses("a chunked body", "RFC 9110 9.3.1", { fields: { "Transfer-Encoding": "chunked" } }, ours),
  refuses("another protocol", "RFC 9112 3", "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
]);
