/**
 * `readUpgrade`: the rules of RFC 6455 section 4.2.1 about a request.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderList, RequestHead } from "../../src/handshake/head.ts";
import {
  type HeadRuleName,
  type RequestRuleName,
  RequestRules,
} from "../../src/handshake/rules.ts";
import { readUpgrade, refuse, type UpgradeRequest } from "../../src/handshake/server_handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/**
 * The request of RFC 6455 1.3, with fields replaced (all of a name), added, or with `null` left
 * out.
 */
function requestWith(
  change: {
    method?: string;
    target?: string;
    fields?: Record<string, readonly string[] | string | null>;
  },
): RequestHead {
  const fields = new Map<string, readonly string[] | string | null>([
    ["Host", "server.example.com"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", KEY],
    ["Sec-WebSocket-Version", "13"],
    ...Object.entries(change.fields ?? {}),
  ]);
  const headers = [...fields].flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const)
  );
  return { method: change.method ?? "GET", target: change.target ?? "/chat", headers };
}

function assertUpgrade(head: RequestHead): UpgradeRequest {
  const upgrade = readUpgrade(head);
  if ("reason" in upgrade) assert.fail(`refused: ${upgrade.reason}`);
  return upgrade;
}

function assertRefused(head: RequestHead, reason: RequestRuleName | HeadRuleName): void {
  const refusal = readUpgrade(head);
  assert.ok("reason" in refusal, "not refused");
  assert.deepEqual(refusal, refuse(reason));
}

describe("readUpgrade", () => {
  it("RFC 6455 1.3: reads the example", () => {
    const head = requestWith({
      fields: { Origin: "http://example.com", "Sec-WebSocket-Protocol": "chat, superchat" },
    });
    assert.deepEqual(readUpgrade(head), {
      key: KEY,
      host: "server.example.com",
      path: "/chat",
      origin: "http://example.com",
      protocols: ["chat", "superchat"],
      extensions: [],
      head,
      text: "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n` +
        "Origin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat\r\n",
    });
  });

  it("4.2.1 (1), RFC 9110 15.6.6: refuses other versions of HTTP, of heads that others read", () => {
    const head = requestWith({});
    assert.equal("reason" in readUpgrade({ ...head, version: "1.1" }), false);
    for (
      const [version, reason] of [
        ["1.0", "versionTooOld"],
        ["0.9", "versionUnknown"],
        ["2.0", "versionUnknown"],
        ["", "versionUnknown"],
      ] as const
    ) {
      assert.deepEqual(readUpgrade({ ...head, version }), refuse(reason), version);
    }
  });

  it("RFC 9112 3.2: refuses a bad Host or target after a good request with the same other part", () => {
    assertUpgrade(requestWith({ target: "/same" }));
    assertRefused(requestWith({ target: "/same", fields: { Host: "a b" } }), "host");
    assertUpgrade(requestWith({ target: "/same" }));
    assertRefused(requestWith({ target: "same" }), "target");
    assert.equal(assertUpgrade(requestWith({ target: "/other" })).path, "/other");
    const host = assertUpgrade(requestWith({ target: "/other", fields: { Host: "b" } })).host;
    assert.equal(host, "b");
  });

  it("reads names in any case", () => {
    const { method, target, headers } = requestWith({});
    for (const change of ["toLowerCase", "toUpperCase"] as const) {
      const changed: HeaderList = headers.map(([name, value]) => [name[change](), value]);
      assert.equal(assertUpgrade({ method, target, headers: changed }).key, KEY);
    }
  });

  for (
    const [what, fields] of [
      ["4.2.1 (3): Upgrade in any case", { Upgrade: "WebSocket" }],
      ["4.2.1 (3): Upgrade among others", { Upgrade: ["h2c, foo/1", " ,websocket"] }],
      ["4.2.1 (4): Connection in any case", { Connection: "uPGRADE" }],
      ["4.2.1 (4): Connection as Firefox sends it", { Connection: "keep-alive, Upgrade" }],
      ["4.2.1 (4): Connection repeated", { Connection: ["keep-alive", "upgrade"] }],
      ["4.2.1 (2): Host with a port", { Host: "localhost:8080" }],
      ["4.2.1 (2): Host as IPv6", { Host: "[::1]:8080" }],
      ["4.2.1 (2): Host with an underscore", { Host: "my_service:80" }],
      ["RFC 9110 8.6: a body of no bytes", { "Content-Length": "0" }],
      ["other fields, with any byte", { Cookie: "\x80\xff", __proto__x: "constructor" }],
    ] as const
  ) {
    it(`takes ${what}`, () => {
      assertUpgrade(requestWith({ fields }));
    });
  }

  for (
    const [target, host, path] of [
      ["/", "a", "/"],
      ["/chat?room=1&x=%20", "a", "/chat?room=1&x=%20"],
      ["//evil.com/x", "a", "//evil.com/x"],
      ['/a|b^"{}\\', "a", '/a|b^"{}\\'],
      ["http://a/x?y", "a", "/x?y"],
      ["WS://A:80/x", "a:80", "/x"],
      ["wss://a", "a", "/"],
      ["https://a?y", "a", "/?y"],
      ["http://a:80/x", "a", "/x"],
      ["HTTP://a/x", "A:80", "/x"],
      ["wss://a:443/x", "a", "/x"],
      ["http://a:443/x", "a", null],
      ["http://a:80@evil.com/x", "a", null],
      ["", "a", null],
      ["*", "a", null],
      ["a", "a", null],
      ["?x", "a", null],
      ["a:80", "a:80", null],
      ["/#", "a", null],
      ["/x#y", "a", null],
      ["/x y", "a", null],
      ["/x\r\nHost: b", "a", null],
      ["/\0", "a", null],
      ["/\x7f", "a", null],
      ["/\u00e4", "a", null],
      ["ftp://a/x", "a", null],
      ["http://evil.com/x", "a", null],
      ["http://a:81/x", "a:80", null],
      ["http://a@evil.com/x", "a", null],
      ["http://evil.com@a/x", "a", null],
      ["http:///x", "a", null],
      ["http:a/x", "a", null],
    ] as const
  ) {
    it(`RFC 9112 3.2, GHSA-c4j6-fc7j-m34r: target ${JSON.stringify(target)}: ${path}`, () => {
      const head = requestWith({ target, fields: { Host: host } });
      const reason = /[\r\n]/.test(target) ? "controlByte" : "target";
      if (path === null) return assertRefused(head, reason);
      const upgrade = assertUpgrade(head);
      assert.equal(upgrade.path, path);
      assert.equal(new URL(`http://${upgrade.host}${upgrade.path}`).hostname, "a");
    });
  }

  const P = "Sec-WebSocket-Protocol";
  const E = "Sec-WebSocket-Extensions";
  const refusals: readonly (readonly [
    RequestRuleName | "controlByte",
    string,
    Parameters<typeof requestWith>[0],
  ])[] = [
    ["method", "POST", { method: "POST" }],
    ["method", "methods have case", { method: "get" }],
    ["method", "a method objects have by nature", { method: "constructor" }],
    ["target", "RFC 9112 3.2.4: asterisk form", { target: "*" }],
    ["host", "none", { fields: { Host: null } }],
    ["host", "empty", { fields: { Host: "" } }],
    ["host", "two", { fields: { Host: ["a", "a"] } }],
    ["host", "two, joined by the runtime", { fields: { Host: "a, a" } }],
    ["host", "with a path", { fields: { Host: "a/b" } }],
    ["host", "with user information", { fields: { Host: "a@b" } }],
    ["host", "with a port that is no number", { fields: { Host: "a:b" } }],
    ["host", "with a port that is too large", { fields: { Host: "a:65536" } }],
    ["host", "with an address that is none", { fields: { Host: "1.2.3.256" } }],
    ["host", "with an IPv6 address that is none", { fields: { Host: "[::1::]" } }],
    ["host", "beyond ASCII", { fields: { Host: "\u00e4" } }],
    ["controlByte", "a line end in Host", { fields: { Host: "a\r\nb" } }],
    ["body", "of five bytes", { fields: { "Content-Length": "5" } }],
    ["body", "of no clear length", { fields: { "Content-Length": ["0", "0"] } }],
    ["body", "in chunks", { fields: { "Transfer-Encoding": "chunked" } }],
    ["upgrade", "none (CVE-2024-37890)", { fields: { Upgrade: null } }],
    ["upgrade", "empty", { fields: { Upgrade: "" } }],
    ["upgrade", "another", { fields: { Upgrade: "h2c" } }],
    ["upgrade", "not the whole token", { fields: { Upgrade: "websockets" } }],
    ["upgrade", "beyond ASCII", { fields: { Upgrade: "websoc\u212aet" } }],
    ["connection", "none (CVE-2024-37890)", { fields: { Connection: null } }],
    ["connection", "another", { fields: { Connection: "keep-alive" } }],
    ["version", "none", { fields: { "Sec-WebSocket-Version": null } }],
    ["version", "empty", { fields: { "Sec-WebSocket-Version": "" } }],
    ["version", "an older one", { fields: { "Sec-WebSocket-Version": "8" } }],
    ["version", "a leading zero", { fields: { "Sec-WebSocket-Version": "013" } }],
    ["version", "a list", { fields: { "Sec-WebSocket-Version": "13, 8" } }],
    ["versionRepeated", "twice", { fields: { "Sec-WebSocket-Version": ["13", "13"] } }],
    ["key", "none", { fields: { "Sec-WebSocket-Key": null } }],
    ["key", "empty", { fields: { "Sec-WebSocket-Key": "" } }],
    ["key", "15 bytes", { fields: { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j" } }],
    ["key", "not base64", { fields: { "Sec-WebSocket-Key": KEY.replace("d", "\u00e9") } }],
    ["key", "not canonical", { fields: { "Sec-WebSocket-Key": KEY.replace("Q==", "R==") } }],
    ["controlByte", "a line end in the key", { fields: { "Sec-WebSocket-Key": `${KEY}\r\n` } }],
    ["key", "a long one", { fields: { "Sec-WebSocket-Key": "A".repeat(1 << 20) } }],
    ["keyRepeated", "twice", { fields: { "Sec-WebSocket-Key": [KEY, KEY] } }],
    ["originRepeated", "twice", { fields: { Origin: ["http://a", "http://a"] } }],
    ["protocol", "empty", { fields: { [P]: "" } }],
    ["protocol", "two words", { fields: { [P]: "chat superchat" } }],
    ["protocol", "beyond ASCII (CVE-2026-55517)", { fields: { [P]: "\u00e9\x80\xff" } }],
    ["protocol", "NUL", { fields: { [P]: "chat\0" } }],
    ["protocol", "long whitespace", { fields: { [P]: `b${" ".repeat(1 << 20)}x` } }],
    ["protocolRepeated", "in a list", { fields: { [P]: "chat, superchat, chat" } }],
    ["protocolRepeated", "over fields", { fields: { [P]: ["chat", "chat"] } }],
    ["protocolRepeated", "natural names", { fields: { [P]: "__proto__, __proto__" } }],
    ["extensions", "empty", { fields: { [E]: "" } }],
    ["extensions", "an open quote (CVE-2020-7662)", {
      fields: { [E]: `a; b="${"c".repeat(1 << 20)}` },
    }],
    ["extensions", "beyond ASCII (CVE-2026-55517)", { fields: { [E]: "a\xff" } }],
    ["extensions", "one good, one bad", { fields: { [E]: ["a", "b;"] } }],
  ];
  for (const [reason, what, change] of refusals) {
    it(`${refuse(reason).body.match(/\((.*)\)/)?.[1]}: refuses ${reason}: ${what}`, () => {
      assertRefused(requestWith(change), reason);
    });
  }

  it("every rule has a test (origin is tested with the policy)", () => {
    const tested = new Set<string>(["origin", ...refusals.map(([reason]) => reason)]);
    assert.deepEqual(Object.keys(RequestRules).filter((name) => !tested.has(name)), []);
  });

  it("reads lists over repeated fields (11.3.2, 11.3.4), natural names among them", () => {
    const { protocols, extensions } = assertUpgrade(requestWith({
      fields: {
        [P]: ["__proto__ ,, b", "\tconstructor"],
        [E]: ["__proto__; constructor", "b;c=1"],
      },
    }));
    assert.deepEqual(protocols, ["__proto__", "b", "constructor"]);
    assert.deepEqual(extensions, [
      { name: "__proto__", params: [["constructor", true]] },
      { name: "b", params: [["c", "1"]] },
    ]);
  });
});
