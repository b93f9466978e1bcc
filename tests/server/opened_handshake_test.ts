import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OpenedHandshake } from "../../src/server/opened_handshake.ts";

const FIELDS = "Host: example.com:81\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
  "Cookie: a=1\r\nCookie: b=\xfc\r\n\r\n";

describe("OpenedHandshake", () => {
  for (
    const [scheme, target, url] of [
      ["http", "/chat?room=1", "http://example.com:81/chat?room=1"],
      ["https", "/", "https://example.com:81/"],
      ["http", "//evil.example/", "http://example.com:81//evil.example/"],
      ["http", "http://example.com:81/absolute", "http://example.com:81/absolute"],
    ] as const
  ) {
    it(`makes a Request of ${target} by ${scheme}`, () => {
      const text = `GET ${target} HTTP/1.1\r\n${FIELDS}`;
      const opened = new OpenedHandshake({ scheme, text }), { request } = opened;
      assert.equal(request.url, url);
      assert.equal(request.method, "GET");
      assert.equal(request.headers.get("cookie"), "a=1; b=\xfc");
      assert.equal(request.headers.get("sec-websocket-version"), "13");
      assert.equal(opened.request, request);
    });
  }
});
