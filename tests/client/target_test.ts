/** Where a client goes by its URL, and by a redirect. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import { followRedirect } from "../../src/client/redirects.ts";
import { readTarget, toDialTls } from "../../src/client/target.ts";

describe("readTarget", () => {
  for (
    const [url, path, href] of [
      ["ws+unix:/run/app.sock:/chat?room=1", "/run/app.sock", "ws://localhost/chat?room=1"],
      ["ws+unix:///run/app.sock:/chat", "/run/app.sock", "ws://localhost/chat"],
      ["ws+unix:/run/app.sock", "/run/app.sock", "ws://localhost/"],
      ["ws+unix:./my%20app.sock:/", "./my app.sock", "ws://localhost/"],
      ["wss+unix:/run/app.sock:/", "/run/app.sock", "wss://localhost/"],
    ] as const
  ) {
    it(`${url} is the unix socket ${path}`, () => {
      const target = readTarget(url, {});
      assert.equal(target.options.path, path);
      assert.equal(target.url.href, href);
    });
  }

  for (const url of ["/chat", "127.0.0.1:8080", "", "ws://", "ws://x:99999"]) {
    it(`names ${JSON.stringify(url)}, which is no URL, and tells what one is`, () => {
      const message = `connect: the URL must be like "ws://host:port/path", not ${
        JSON.stringify(url)
      }`;
      assert.throws(() => readTarget(url, {}), { name: "TypeError", message });
    });
  }

  it("refuses two paths, and none", () => {
    assert.throws(() => readTarget("ws+unix:/a:/", { path: "/b" }), TypeError);
    assert.throws(() => readTarget("ws+unix::/", {}), TypeError);
  });
});

describe("toDialTls", () => {
  it("takes PEM as bytes", () => {
    const pem = new TextEncoder().encode("PEM");
    assert.deepEqual(toDialTls("a", { ca: pem, cert: pem, key: "KEY" }), {
      serverName: "a",
      ca: "PEM",
      cert: "PEM",
      key: "KEY",
    });
    assert.deepEqual(toDialTls("127.0.0.1", { ca: ["A", pem] }), { ca: ["A", "PEM"] });
  });
});

describe("followRedirect", () => {
  const options = {
    headers: { Authorization: "a", Cookie: "b", "X-Mine": "c" },
    tls: { ca: "CA", cert: "CERT", key: "KEY", serverName: "a" },
  };
  const redirect = (location: string, status = 302): WebSocketError =>
    new WebSocketError("ERR_HANDSHAKE_REDIRECT", "redirected", { status, location });

  for (
    const [from, location, to] of [
      ["wss://a/x", "/y?z#frag", "wss://a/y?z"],
      ["wss://u:p@a/x", "/y", "wss://u:p@a/y"],
      ["ws://a/x", "https://a/y", "wss://a/y"],
      ["ws://a/x", "//b:81/y", "ws://b:81/y"],
      ["wss://a/x", "wss://b/", "wss://b/"],
    ] as const
  ) {
    it(`leads from ${from} by ${location} to ${to}`, () => {
      assert.equal(followRedirect(readTarget(from, options), redirect(location)).url.href, to);
    });
  }

  it("keeps the options for the same origin", () => {
    const next = followRedirect(readTarget("wss://a/x", options), redirect("/y"));
    assert.deepEqual(next.options, options);
  });

  it("gives another origin no Authorization, no cookie and no client certificate", () => {
    const next = followRedirect(readTarget("wss://a/x", options), redirect("wss://b/"));
    assert.deepEqual([...new Headers(next.options.headers)], [["x-mine", "c"]]);
    assert.deepEqual(next.options.tls, { ca: "CA" });
  });

  for (
    const [from, location, status, why] of [
      ["wss://a/", "ws://a/", 302, /ws:\/\/a\/ is without TLS/],
      ["wss://a/", "http://a/", 307, /without TLS/],
      ["ws://a/", "ftp://a/", 302, /ftp: is no WebSocket/],
      ["ws://a/", "http://[", 302, /no URL/],
      ["ws://a/", "/y", 304, /304 is no redirect/],
    ] as const
  ) {
    it(`refuses to go from ${from} by ${status} to ${location}`, () => {
      assert.throws(
        () => followRedirect(readTarget(from, {}), redirect(location, status)),
        (error: WebSocketError) => {
          assert.equal(error.code, "ERR_HANDSHAKE_REDIRECT");
          assert.match(error.message, why);
          return true;
        },
      );
    });
  }
});
