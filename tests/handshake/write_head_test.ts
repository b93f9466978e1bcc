import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderList } from "../../src/handshake/head.ts";
import { HeadReader } from "../../src/handshake/http_head.ts";
import { latin1ToString } from "../../src/handshake/latin1.ts";
import { checkFields, writeRequest, writeResponse } from "../../src/handshake/write_head.ts";
import { headValue } from "../helpers/head_value.ts";

const BAD_VALUES = ["a\r\nb: c", "a\rb", "a\nb", "a\0b", "a\x7fb", "a\x1fb", "\u0100", "\u2028"];
const BAD_NAMES = ["", "a b", "a:", "a\r\nb", "a\0", "\u00e9", "a\t", '"a"'];

describe("writeResponse", () => {
  it("writes a 101 as its head alone", () => {
    const head = { status: 101, statusText: "", headers: [["Upgrade", "websocket"]] } as const;
    assert.equal(
      latin1ToString(writeResponse(head, "not written")),
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    );
  });

  it("ends every other with its length and Connection: close (RFC 9112 6.3 and 9.6)", () => {
    const head = { status: 403, statusText: "No", headers: [["X", "\xff"]] } as const;
    assert.equal(
      latin1ToString(writeResponse(head, "h\u00e9")),
      "HTTP/1.1 403 No\r\nX: \xff\r\nConnection: close\r\nContent-Length: 3\r\n\r\nh\xc3\xa9",
    );
    assert.equal(
      latin1ToString(writeResponse({ status: 500, statusText: "", headers: [] })),
      "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    assert.deepEqual(
      writeResponse({ status: 418, statusText: "", headers: [] }, new Uint8Array([0, 255])).slice(
        -4,
      ),
      new Uint8Array([13, 10, 0, 255]),
    );
  });

  it("replaces framing that the caller's head brought along (RFC 9112 6.3)", () => {
    const headers: HeaderList = [
      ["content-length", "999"],
      ["Transfer-Encoding", "chunked"],
      ["Connection", "Upgrade"],
      ["connection", "X"],
    ];
    assert.equal(
      latin1ToString(writeResponse({ status: 426, statusText: "", headers }, "a")),
      "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade, X, close\r\nContent-Length: 1\r\n\r\na",
    );
    const closing: HeaderList = [["Connection", "Close"]];
    assert.match(
      latin1ToString(writeResponse({ status: 400, statusText: "", headers: closing })),
      /\r\nConnection: Close\r\n/,
    );
  });

  it("writes no body with 204 and 304 (RFC 9110 8.6)", () => {
    for (const status of [204, 304]) {
      assert.equal(
        latin1ToString(writeResponse({ status, statusText: "", headers: [] }, "body")),
        `HTTP/1.1 ${status} \r\nConnection: close\r\n\r\n`,
      );
    }
  });

  it("throws for what cannot stand in a head, naming the field (CVE-2026-1527)", () => {
    for (const status of [0, 99, 600, 200.5, NaN]) {
      assert.throws(() => writeResponse({ status, statusText: "", headers: [] }), RangeError);
    }
    for (const bad of BAD_VALUES) {
      const ok = { status: 400, statusText: "", headers: [] };
      assert.throws(() => writeResponse({ ...ok, statusText: bad }), TypeError);
      assert.throws(
        () => writeResponse({ ...ok, headers: [["X-Bad", bad]] }),
        { name: "TypeError", message: /X-Bad/ },
      );
    }
    for (const bad of BAD_NAMES) {
      const headers: HeaderList = [[bad, "a"]];
      assert.throws(() => writeResponse({ status: 101, statusText: "", headers }), TypeError);
    }
  });
});

describe("writeRequest", () => {
  it("writes what HeadReader reads", () => {
    const head = {
      method: "GET",
      target: "/a?b",
      headers: [["Host", "a"], ["X", "\x80 \xff"], ["X", ""]],
    } as const;
    const progress = new HeadReader({ kind: "request" }).push(writeRequest(head));
    if (progress.state !== "request") assert.fail(progress.state);
    assert.deepEqual(headValue(progress.head), head);
    assert.equal(progress.rest.length, 0);
  });

  it("throws for what cannot stand in a head (CVE-2026-1527)", () => {
    const ok = { method: "GET", target: "/", headers: [] };
    for (const bad of [...BAD_VALUES, " ", "", "/a b", "/\u00e9"]) {
      assert.throws(() => writeRequest({ ...ok, method: bad }), TypeError);
      assert.throws(() => writeRequest({ ...ok, target: bad }), TypeError);
    }
    for (const bad of BAD_VALUES) {
      assert.throws(() => writeRequest({ ...ok, headers: [["X-Bad", bad]] }), { message: /X-Bad/ });
    }
  });
});

describe("checkFields", () => {
  it("takes what is well-formed and not the handshake's own", () => {
    checkFields([["Cookie", "a=b; c"], ["__proto__", "\xff\t"], ["X", ""]], ["upgrade"]);
  });

  it("throws, naming the field", () => {
    for (const name of ["Sec-WebSocket-Key", "SEC-WEBSOCKET-FUTURE", "uPgRaDe"]) {
      assert.throws(
        () => checkFields([["X", "a"], [name, "a"]], ["upgrade"]),
        { name: "TypeError", message: new RegExp(name) },
      );
    }
    for (const bad of BAD_VALUES) {
      assert.throws(() => checkFields([["X-Bad", bad]], []), { message: /X-Bad/ });
    }
    for (const bad of BAD_NAMES) assert.throws(() => checkFields([[bad, "a"]], []), TypeError);
  });
});
