import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestHead } from "../../src/handshake/head.ts";
import {
  parseRequestHead,
  parseResponseHead,
  RequestText,
  toHeadText,
} from "../../src/handshake/parse_head.ts";
import { headValue } from "../helpers/head_value.ts";
import { cpuMs } from "../helpers/cpu_time.ts";

function parsed(head: RequestText | string | null): RequestText {
  return head instanceof RequestText ? head : assert.fail(`${head}`);
}

function valueOf(head: RequestText | string | null): RequestHead {
  return headValue(parsed(head));
}

// Every rule is tested through HeadReader (http_head_test.ts); here only what it cannot reach.
describe("parse_head", () => {
  it("text without a line end at its end is parsed", () => {
    assert.deepEqual(valueOf(parseRequestHead("GET / HTTP/1.1\r\na: b")), {
      method: "GET",
      target: "/",
      headers: [["a", "b"]],
    });
    assert.deepEqual(parseResponseHead("HTTP/1.1 101 OK"), {
      status: 101,
      statusText: "OK",
      headers: [],
    });
  });

  it("lines behind an empty one are ignored", () => {
    for (const end of ["", "\r\n", "\r\n\r\n", "\r\n\r\nc: d\r\n"]) {
      const head = parseRequestHead(`GET / HTTP/1.1\r\na: b${end}`);
      assert.deepEqual(valueOf(head).headers, [["a", "b"]]);
      assert.deepEqual(parseResponseHead(`HTTP/1.1 101 OK\r\na: b${end}`), {
        status: 101,
        statusText: "OK",
        headers: [["a", "b"]],
      });
    }
  });

  it("a request keeps its text, and makes its headers once", () => {
    const text = "GET / HTTP/1.1\r\na: b\r\n\r\n", head = parsed(parseRequestHead(text));
    assert.equal(head.text, text);
    assert.deepEqual(head.headers, [["a", "b"]]);
    assert.equal(head.headers, head.headers);
  });

  it("an empty text breaks a rule", () => {
    assert.equal(parseRequestHead(""), "requestLine");
    assert.equal(parseResponseHead(""), "statusLine");
  });

  it("a MiB takes linear time", () => {
    const before = cpuMs();
    for (const filler of [" ", "\t", "a", "/ ", ": ", "\r\n"]) {
      const long = filler.repeat(1 << 19);
      parseRequestHead(long);
      parseRequestHead(`GET ${long} HTTP/1.1`);
      parseRequestHead(`GET / HTTP/1.1\r\na: ${long}b`);
      parseResponseHead(`HTTP/1.1 200 ${long}`);
    }
    assert.ok(cpuMs() - before < 5000);
  });
});

describe("toHeadText", () => {
  it("parseRequestHead reads what toHeadText writes", () => {
    const head = {
      method: "GET",
      target: "/a?b",
      headers: [["A", "b: c"], ["a", "\xff"]],
    } as const;
    assert.deepEqual(valueOf(parseRequestHead(toHeadText(head) ?? "")), head);
    const bare = { method: "GET", target: "/", headers: [] };
    assert.deepEqual(valueOf(parseRequestHead(toHeadText(bare) ?? "")), bare);
  });

  it("toHeadText returns null if a part contains a line end", () => {
    const head = { method: "GET", target: "/", headers: [["a", "b"]] } as const;
    for (const end of ["\r\n", "\n", "\r"]) {
      const evil = `${end}Host: evil`;
      assert.equal(toHeadText({ ...head, method: `GET${evil}` }), null);
      assert.equal(toHeadText({ ...head, target: `/${evil}` }), null);
      assert.equal(toHeadText({ ...head, headers: [["a", `b${evil}`]] }), null);
      assert.equal(toHeadText({ ...head, headers: [["a", "b"], [`c${evil}`, "d"]] }), null);
    }
  });
});
