import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRequestHead, parseResponseHead } from "../../src/handshake/parse_head.ts";

// Every rule is tested through HeadReader (http_head_test.ts); here only what it cannot reach.
describe("parse_head", () => {
  it("parses text without line ends at its end", () => {
    assert.deepEqual(parseRequestHead("GET / HTTP/1.1\r\na: b"), {
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

  it("names the rule that nothing at all breaks", () => {
    assert.equal(parseRequestHead(""), "REQUEST_LINE");
    assert.equal(parseResponseHead(""), "STATUS_LINE");
  });

  it("takes a MiB in linear time", () => {
    const before = performance.now();
    for (const filler of [" ", "\t", "a", "/ ", ": ", "\r\n"]) {
      const long = filler.repeat(1 << 19);
      parseRequestHead(long);
      parseRequestHead(`GET ${long} HTTP/1.1`);
      parseRequestHead(`GET / HTTP/1.1\r\na: ${long}b`);
      parseResponseHead(`HTTP/1.1 200 ${long}`);
    }
    assert.ok(performance.now() - before < 5000);
  });
});
