import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type HeadProgress,
  HeadReader,
  type HeadReaderOptions,
} from "../../src/handshake/http_head.ts";
import { stringToLatin1 } from "../../src/handshake/latin1.ts";
import { type HeadRuleName, HeadRules } from "../../src/handshake/rules.ts";
import { everyChunking } from "../helpers/chunk_splitter.ts";
import { headValue } from "../helpers/head_value.ts";

/** What a reader makes of chunks, with all that follows the head in `rest`. */
function readHead(options: HeadReaderOptions, chunks: readonly Uint8Array[]): HeadProgress {
  const reader = new HeadReader(options);
  for (const [i, chunk] of chunks.entries()) {
    const progress = reader.push(chunk);
    chunk.fill(0x58, 0, chunk.length - ("rest" in progress ? progress.rest.length : 0));
    if (progress.state === "more") continue;
    if (progress.state === "refused") return progress;
    const parts = [progress.rest, ...chunks.slice(i + 1)];
    const rest = Uint8Array.from(parts.flatMap((part) => [...part]));
    if (progress.state === "response") return { ...progress, rest };
    return { ...progress, head: headValue(progress.head), rest };
  }
  return { state: "more" };
}

function assertRead(options: HeadReaderOptions, text: string, expected: HeadProgress): void {
  for (const { name, chunks } of everyChunking(stringToLatin1(text))) {
    assert.deepEqual(readHead(options, chunks), expected, name);
  }
}

function assertRefused(options: HeadReaderOptions, text: string, reason: HeadRuleName): void {
  const refused = { state: "refused", status: HeadRules[reason].status, reason } as const;
  assertRead(options, text, refused);
  assertRead(options, `${text}GET / HTTP/1.1\r\n\r\n`, refused);
}

const REST = stringToLatin1("\x81\x85\r\n\r\n\x00\xff\nGET / HTTP/1.1\r\n\r\n");
const NO_REST = new Uint8Array(0);
const request = { kind: "request" } as const;
const response = { kind: "response" } as const;
const GET = "GET / HTTP/1.1\r\n";

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

describe("HeadReader: limits", () => {
  const head = `${GET}a: bcd\r\n\r\n`;
  const read = {
    state: "request",
    head: { method: "GET", target: "/", headers: [["a", "bcd"]] },
    rest: NO_REST,
  } as const;

  it("a head of exactly maxHeadBytes is accepted, and not one byte more", () => {
    assertRead({ ...request, maxHeadBytes: head.length }, head, read);
    assertRefused({ ...request, maxHeadBytes: head.length - 1 }, head, "headTooLarge");
  });

  it("exactly maxHeaderFields are accepted, and not one more", () => {
    const fields = `${GET}${"a: b\r\n".repeat(3)}\r\n`;
    assert.equal(
      readHead({ ...request, maxHeaderFields: 3 }, [stringToLatin1(fields)]).state,
      "request",
    );
    assertRefused({ ...request, maxHeaderFields: 2 }, fields, "tooManyFields");
  });

  it("the fields of each interim response are counted alone", () => {
    const fields = "a:\r\n".repeat(3);
    const bytes = stringToLatin1(`HTTP/1.1 100 \r\n${fields}\r\nHTTP/1.1 101 \r\n${fields}\r\n`);
    const progress = readHead({ ...response, maxHeaderFields: 3 }, [bytes]);
    assert.equal(progress.state, "response");
  });

  it("a request line above the limit is answered by 414 (RFC 9110 15.5.15)", () => {
    const long = `GET /${"a".repeat(80)} HTTP/1.1\r\n\r\n`;
    assertRefused({ ...request, maxHeadBytes: 64 }, long, "targetTooLong");
    assertRefused({ ...response, maxHeadBytes: 64 }, `HTTP/1.1 200 ${long}`, "headTooLarge");
  });

  it("empty lines and interim responses count towards the limit", () => {
    assertRefused({ ...request, maxHeadBytes: 64 }, "\r\n".repeat(40), "targetTooLong");
    const interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(4);
    assertRefused({ ...response, maxHeadBytes: 64 }, interim, "headTooLarge");
  });

  it("the default limits are 16 KiB and 100 fields", () => {
    const fits = `${GET}a: ${"b".repeat(16384 - GET.length - 7)}\r\n\r\n`;
    assert.equal(fits.length, 16384);
    assert.equal(readHead(request, [stringToLatin1(fits)]).state, "request");
    assert.equal(readHead(request, [stringToLatin1(fits.replace("b", "bb"))]).state, "refused");
    const fields = (n: number) => stringToLatin1(`${GET}${"a:\r\n".repeat(n)}\r\n`);
    assert.equal(readHead(request, [fields(100)]).state, "request");
    assert.equal(readHead(request, [fields(101)]).state, "refused");
  });

  it("20 MB byte by byte take linear time if the limit allows them (CVE-2023-43669)", () => {
    const length = 20_000_000;
    const reader = new HeadReader({ kind: "request", maxHeadBytes: length });
    reader.push(stringToLatin1(`${GET}a: `));
    const byte = new Uint8Array([0x62]);
    const before = performance.now();
    let progress: HeadProgress = { state: "more" };
    for (let i = 0; i < length && progress.state === "more"; i++) progress = reader.push(byte);
    assert.deepEqual(progress, { state: "refused", status: 431, reason: "headTooLarge" });
    assert.ok(performance.now() - before < 20_000);
  });

  it("20 MB are refused at the limit, in one chunk and byte by byte", () => {
    const flood = new Uint8Array(20_000_000).fill(0x61);
    assert.equal(new HeadReader(request).push(flood).state, "refused");
    const reader = new HeadReader(request);
    let pushed = 0;
    while (reader.push(flood.subarray(pushed, pushed + 1)).state === "more") pushed++;
    assert.equal(pushed, 16383);
  });
});

describe("HeadReader: afterwards", () => {
  it("a refusal is returned again for later bytes", () => {
    const reader = new HeadReader(request);
    const refused = reader.push(stringToLatin1("\n"));
    assert.equal(reader.push(stringToLatin1(`${GET}\r\n`)), refused);
  });

  it("reset begins anew, whatever came before", () => {
    const bytes = stringToLatin1("GET /a HTTP/1.1\r\nb: c\r\n\r\n");
    for (
      const before of [
        "",
        "\r\n",
        "GET",
        "GET / HTTP/1.1\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\na: \xff\r",
        "\n",
      ]
    ) {
      const reader = new HeadReader({ ...request, maxHeadBytes: bytes.length, maxHeaderFields: 1 });
      reader.push(stringToLatin1(before));
      reader.reset();
      const progress = reader.push(bytes.slice());
      if (progress.state !== "request") assert.fail(`${JSON.stringify(before)}: ${progress.state}`);
      const expected = { method: "GET", target: "/a", headers: [["b", "c"]] };
      assert.deepEqual(headValue(progress.head), expected);
    }
  });

  it("push throws a TypeError after a complete head", () => {
    const reader = new HeadReader(request);
    reader.push(stringToLatin1(`${GET}a: b\r\n\r\n`));
    assert.throws(() => reader.push(new Uint8Array(1)), TypeError);
  });
});
