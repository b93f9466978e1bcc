/**
 * `HeadReader`: requests and responses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stringToLatin1 } from "../../src/handshake/latin1.ts";
import { everyChunking } from "../helpers/chunk_splitter.ts";
import {
  assertRead,
  assertRefused,
  GET,
  NO_REST,
  readHead,
  request,
  response,
  REST,
} from "./read_head.ts";

describe("HeadReader: requests", () => {
  for (
    const [what, text, head] of [
      [
        "RFC 6455 1.3: the example",
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" +
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        {
          method: "GET",
          target: "/chat",
          headers: [
            ["Host", "server.example.com"],
            ["Upgrade", "websocket"],
            ["Connection", "Upgrade"],
            ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
          ],
        },
      ],
      [
        "RFC 9112 2.2: empty lines before the request line",
        `\r\n\r\n\r\n${GET}a: b\r\n\r\n`,
        { method: "GET", target: "/", headers: [["a", "b"]] },
      ],
      [
        "RFC 9112 3.2: targets are not judged here",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        { method: "OPTIONS", target: "*", headers: [] },
      ],
      [
        "RFC 9112 2.3: a higher minor version",
        "GET /?a=b%20c HTTP/1.9\r\n\r\n",
        { method: "GET", target: "/?a=b%20c", headers: [] },
      ],
      [
        "RFC 9112 5: whitespace around values, empty values, repeats, order",
        `${GET}a:b\r\nA: \t c\t d \t\r\nb:\r\nc: \t \r\na: :\r\n\r\n`,
        {
          method: "GET",
          target: "/",
          headers: [["a", "b"], ["A", "c\t d"], ["b", ""], ["c", ""], ["a", ":"]],
        },
      ],
      [
        "RFC 9110 5.5: obs-text (CVE-2026-55517), which is not UTF-8 and not windows-1252",
        `${GET}a: \x80\x9f\xa0\xff\xc3\xa4\r\nb: \xa0c\xa0\r\n\r\n`,
        {
          method: "GET",
          target: "/",
          headers: [["a", "\x80\x9f\xa0\xff\xc3\xa4"], ["b", "\xa0c\xa0"]],
        },
      ],
      [
        "a head that outgrows the reader's first buffers",
        `${GET}a: ${"0123456789".repeat(150)}\r\n\r\n`,
        { method: "GET", target: "/", headers: [["a", "0123456789".repeat(150)]] },
      ],
      [
        "names that objects have by nature",
        `${GET}__proto__: constructor\r\nconstructor: __proto__\r\n\r\n`,
        {
          method: "GET",
          target: "/",
          headers: [["__proto__", "constructor"], ["constructor", "__proto__"]],
        },
      ],
    ] as const
  ) {
    it(what, () => {
      assertRead(request, text, { state: "request", head, rest: NO_REST });
      const bytes = new Uint8Array([...stringToLatin1(text), ...REST]);
      for (const { name, chunks } of everyChunking(bytes)) {
        assert.deepEqual(
          readHead(request, chunks),
          { state: "request", head, rest: REST },
          name,
        );
      }
      assertRead(request, text.slice(0, -1), { state: "more" });
    });
  }

  for (
    const [what, text, reason] of [
      ["RFC 9112 2.2: bare LF", "GET / HTTP/1.1\n", "bareLf"],
      ["RFC 9112 2.2: bare LF in a field", `${GET}a: b\nc: d\r\n\r\n`, "bareLf"],
      ["RFC 9112 2.2: bare LF at the end", `${GET}a: b\r\n\n`, "bareLf"],
      ["RFC 9112 2.2: bare CR", `${GET}a: b\rc: d\r\n\r\n`, "bareCr"],
      ["RFC 9112 2.2: CR CR LF", `${GET}a: b\r\r\n\r\n`, "bareCr"],
      ["RFC 9112 2.2: CR before the request line", `\r${GET}\r\n`, "bareCr"],
      ["RFC 9110 5.5: NUL", `${GET}a: b\x00\r\n\r\n`, "controlByte"],
      ["RFC 9110 5.5: DEL", `${GET}a: b\x7f\r\n\r\n`, "controlByte"],
      ["RFC 9110 5.5: vertical tab", `${GET}a: \x0bb\r\n\r\n`, "controlByte"],
      ["TLS on the plain port, at its first byte", "\x16\x03\x01\x02", "controlByte"],
      ["RFC 9112 5.2: folded value", `${GET}a: b\r\n c\r\n\r\n`, "obsFold"],
      ["RFC 9112 5.2: folded by a tab", `${GET}a: b\r\n\tc: d\r\n\r\n`, "obsFold"],
      ["RFC 9112 2.2: space before the first field", `${GET} a: b\r\n\r\n`, "obsFold"],
      ["RFC 9112 5.1: space before the colon", `${GET}a : b\r\n\r\n`, "fieldName"],
      ["RFC 9112 5.1: tab before the colon", `${GET}a\t: b\r\n\r\n`, "fieldName"],
      ["RFC 9112 5.1: no colon", `${GET}ab\r\n\r\n`, "fieldName"],
      ["RFC 9112 5.1: no name", `${GET}: b\r\n\r\n`, "fieldName"],
      ["RFC 9112 5.1: not a token", `${GET}a(b): c\r\n\r\n`, "fieldName"],
      ["RFC 9112 5.1: name beyond ASCII", `${GET}a\xe4: b\r\n\r\n`, "fieldName"],
      ["RFC 9112 3: no version", "GET /\r\n\r\n", "requestLine"],
      ["RFC 9112 3: no target", "GET  HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3: two spaces", "GET  / HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3: a tab", "GET\t/ HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3: tab in the target", "GET /a\tb HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3: space in the target", "GET /a b HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3: space at the end", "GET / HTTP/1.1 \r\n\r\n", "requestLine"],
      ["RFC 9112 3: space at the start", " GET / HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 3.1: method is not a token", "G(T / HTTP/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 2.3: version in small letters", "GET / http/1.1\r\n\r\n", "requestLine"],
      ["RFC 9112 2.3: version of two digits", "GET / HTTP/1.10\r\n\r\n", "requestLine"],
      ["RFC 9112 2.3: no minor version", "GET / HTTP/1\r\n\r\n", "requestLine"],
      ["RFC 6455 4.2.1 (1): HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "versionTooOld"],
      ["RFC 9110 15.6.6: HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", "versionUnknown"],
      ["RFC 9113 3.4: HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "versionUnknown"],
    ] as const
  ) {
    it(`refuses ${what}`, () => assertRefused(request, text, reason));
  }
});

describe("HeadReader: responses", () => {
  for (
    const [what, text, head] of [
      [
        "RFC 6455 1.3: the example",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        { status: 101, statusText: "Switching Protocols", headers: [["Upgrade", "websocket"]] },
      ],
      [
        "RFC 9112 4: empty reason phrase",
        "HTTP/1.1 404 \r\n\r\n",
        { status: 404, statusText: "", headers: [] },
      ],
      [
        "a reason phrase left out with its space",
        "HTTP/1.1 599\r\n\r\n",
        { status: 599, statusText: "", headers: [] },
      ],
      [
        "RFC 9112 4: obs-text in the reason phrase",
        "HTTP/1.1 200 \xc3\xa4 \x85\r\n\r\n",
        { status: 200, statusText: "\xc3\xa4 \x85", headers: [] },
      ],
      [
        "a refusal of an old proxy",
        "HTTP/1.0 403 Forbidden\r\n\r\n",
        { status: 403, statusText: "Forbidden", headers: [] },
      ],
      [
        "RFC 9110 15.2: interim responses before it",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: \xff\r\n\r\n" +
        "HTTP/1.1 101 Switching Protocols\r\na: b\r\n\r\n",
        { status: 101, statusText: "Switching Protocols", headers: [["a", "b"]] },
      ],
    ] as const
  ) {
    it(what, () => {
      assertRead(response, text, { state: "response", head, rest: NO_REST });
      const bytes = new Uint8Array([...stringToLatin1(text), ...REST]);
      for (const { name, chunks } of everyChunking(bytes)) {
        assert.deepEqual(
          readHead(response, chunks),
          { state: "response", head, rest: REST },
          name,
        );
      }
      assertRead(response, text.slice(0, -1), { state: "more" });
    });
  }

  for (
    const [what, text, reason] of [
      ["an empty line first, at once", "\r\n", "statusLine"],
      ["RFC 9112 4: two digits", "HTTP/1.1 99 OK\r\n\r\n", "statusLine"],
      ["RFC 9112 4: four digits", "HTTP/1.1 1010 OK\r\n\r\n", "statusLine"],
      ["RFC 9110 15: a status above 599", "HTTP/1.1 600 OK\r\n\r\n", "statusLine"],
      ["RFC 9112 4: no status", "HTTP/1.1\r\n\r\n", "statusLine"],
      ["RFC 9112 4: two spaces", "HTTP/1.1  101 OK\r\n\r\n", "statusLine"],
      ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "statusLine"],
      ["RFC 9112 2.3: HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "versionUnknown"],
      ["RFC 9110 7.8: an upgrade to HTTP/1.0", "HTTP/1.0 101 OK\r\n\r\n", "versionTooOld"],
      ["RFC 9112 5.2: folded value", "HTTP/1.1 101 OK\r\na: b\r\n c\r\n\r\n", "obsFold"],
      ["RFC 9112 2.2: bare LF", "HTTP/1.1 101 OK\n\n", "bareLf"],
      [
        "an empty line after an interim response, at once",
        "HTTP/1.1 100 Continue\r\n\r\n\r\n",
        "statusLine",
      ],
      ["a bad interim response", "HTTP/1.1 100\r\na\r\n\r\nHTTP/1.1 101\r\n\r\n", "fieldName"],
    ] as const
  ) {
    it(`refuses ${what}`, () => assertRefused(response, text, reason));
  }
});
