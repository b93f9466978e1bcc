import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import {
  makeUpgradeRequest,
  readUpgradeResponse,
  type SentUpgrade,
  type UpgradeRequestOptions,
} from "../../src/handshake/client_handshake.ts";
import type { HeaderList, ResponseHead } from "../../src/handshake/head.ts";
import { getAll, getHeader } from "../../src/handshake/header_values.ts";
import { HeadReader } from "../../src/handshake/http_head.ts";
import { type ResponseRuleName, ResponseRules } from "../../src/handshake/rules.ts";
import { acceptUpgrade, readUpgrade } from "../../src/handshake/server_handshake.ts";
import { headValue } from "../helpers/head_value.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function request(change: Partial<Omit<UpgradeRequestOptions, "url">> & { url?: string } = {}) {
  const { url = "ws://server.example.com/chat", ...rest } = change;
  return makeUpgradeRequest({ protocols: [], key: KEY, ...rest, url: new URL(url) });
}

describe("makeUpgradeRequest", () => {
  it("RFC 6455 4.1: writes the example", () => {
    const { head, bytes } = request({ protocols: ["chat", "superchat"] });
    assert.equal(
      new TextDecoder().decode(bytes),
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n` +
        "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n",
    );
    const progress = new HeadReader({ kind: "request" }).push(bytes);
    if (progress.state !== "request") assert.fail(progress.state);
    assert.deepEqual(headValue(progress.head), head);
    assert.equal(progress.rest.length, 0);
  });

  for (
    const [url, host, target] of [
      ["ws://a", "a", "/"],
      ["ws://a:80/", "a", "/"],
      ["wss://a:443/?b", "a", "/?b"],
      ["wss://a:80/b?c=d e", "a:80", "/b?c=d%20e"],
      ["ws://[::1]:8080/", "[::1]:8080", "/"],
      ["http://a:443/", "a:443", "/"],
      ["https://a/", "a", "/"],
      ["ws://\u00e4.example/\u00e4?\u00e4", "xn--4ca.example", "/%C3%A4?%C3%A4"],
      ["ws://a/b\r\nc: d", "a", "/bc:%20d"],
      ["ws://a/\0b", "a", "/%00b"],
      ["ws://a//b", "a", "//b"],
    ] as const
  ) {
    it(`RFC 6455 3, 4.1 (2) and (4): ${JSON.stringify(url)}`, () => {
      const { head } = request({ url });
      assert.equal(head.target, target);
      assert.deepEqual(getAll(head.headers, "host"), [host]);
    });
  }

  for (
    const [what, options] of [
      ["RFC 6455 3: a fragment", { url: "ws://a/#b" }],
      ["RFC 6455 3: an empty fragment", { url: "ws://a/#" }],
      ["RFC 6455 3: another scheme", { url: "ftp://a/" }],
      ["RFC 6455 4.1 (10): an empty subprotocol", { protocols: [""] }],
      ["RFC 6455 4.1 (10): not a token", { protocols: ["chat", "a b"] }],
      ["RFC 6455 4.1 (10): a list in one", { protocols: ["a,b"] }],
      ["RFC 6455 4.1 (10): a line end", { protocols: ["a\r\nb: c"] }],
      ["RFC 6455 4.1 (10): NUL", { protocols: ["a\0"] }],
      ["RFC 6455 4.1 (10): beyond ASCII", { protocols: ["\u00e9"] }],
      ["RFC 6455 4.1 (10): one twice", { protocols: ["a", "b", "a"] }],
    ] as const
  ) {
    it(`throws a SyntaxError for ${what}`, () => {
      assert.throws(() => request(options), (error) => {
        assert.ok(error instanceof DOMException);
        assert.equal(error.name, "SyntaxError");
        return true;
      });
    });
  }

  for (
    const [name, value] of [
      ["Upgrade", "h2c"],
      ["connection", "close"],
      ["Content-Length", "5"],
      ["Transfer-Encoding", "chunked"],
      ["Sec-WebSocket-Key", KEY],
      ["sec-websocket-version", "8"],
      ["Sec-WebSocket-Protocol", "chat"],
      ["Sec-WebSocket-Extensions", "a"],
      ["X-Bad", "a\r\nb: c"],
      ["X-Bad", "a\nb"],
      ["X-Bad", "a\0"],
      ["X-Bad", "\u2028"],
      ["Host", "a\r\nb"],
      ["bad name", "a"],
      ["bad\r\nname", "a"],
      ["", "a"],
    ] as const
  ) {
    it(`CVE-2026-1527: throws for a header ${JSON.stringify(`${name}: ${value}`)}`, () => {
      assert.throws(() => request({ headers: [[name, value]] }), (error) => {
        assert.ok(error instanceof TypeError);
        assert.ok(error.message.includes(JSON.stringify(name).slice(1, -1)), error.message);
        return true;
      });
    });
  }

  it("a malformed key and two Host fields throw", () => {
    assert.throws(() => request({ key: "a" }), TypeError);
    assert.throws(() => request({ headers: [["Host", "a"], ["host", "b"]] }), TypeError);
  });

  it("the caller's fields are sent, also Host and names such as constructor", () => {
    const headers: HeaderList = [["hOST", "b"], ["Cookie", "\xff"], ["__proto__", "c"]];
    const { head } = request({ headers });
    assert.deepEqual(head.headers.slice(-3), headers);
    assert.deepEqual(getAll(head.headers, "Host"), ["b"]);
  });

  for (
    const [url, credentials] of [
      ["ws://user:pass@a/", "user:pass"],
      ["ws://user@a/", "user:"],
      ["ws://:pass@a/", ":pass"],
      ["ws://us%40er:p%3As@a/", "us@er:p:s"],
      ["ws://\u00e4:%E2%82%AC@a/", "\u00e4:\u20ac"],
      ["ws://%zz:%@a/", "%zz:%"],
      ["ws://a%0D%0Ab:c@a/", "a\r\nb:c"],
    ] as const
  ) {
    it(`RFC 7617 2: ${JSON.stringify(url)} becomes Basic authorization`, () => {
      const { head } = request({ url });
      const encoded = getHeader(head.headers, "authorization")?.replace("Basic ", "") ?? "";
      const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
      assert.equal(new TextDecoder().decode(bytes), credentials);
      assert.equal(getHeader(head.headers, "host"), "a");
    });
  }

  it("RFC 7617 2: prefers the caller's authorization, and refuses a colon in the user", () => {
    const { head } = request({ url: "ws://u:p@a/", headers: [["authorization", "Bearer x"]] });
    assert.deepEqual(getAll(head.headers, "Authorization"), ["Bearer x"]);
    assert.throws(() => request({ url: "ws://u%3A:p@a/" }), TypeError);
  });

  it("our own server accepts the request", () => {
    const extensions = [{ name: "a", params: [["b", "c"], ["d", true]] }] as const;
    const { head } = request({ url: "ws://a/b?c", protocols: ["x", "y"], extensions });
    const upgrade = readUpgrade(head);
    if ("reason" in upgrade) assert.fail(upgrade.reason);
    assert.deepEqual(upgrade.extensions, extensions);
    const sent = { key: KEY, protocols: ["x", "y"], extensions: ["a"] };
    assert.deepEqual(
      readUpgradeResponse(acceptUpgrade({ upgrade, protocol: "y", extensions }), sent),
      { protocol: "y", extensions, extensionsHeader: "a; b=c; d" },
    );
  });
});

/**
 * The response of RFC 6455 1.3, with fields replaced (all of a name), added, or with `null` left
 * out.
 */
function responseWith(fields: Record<string, readonly string[] | string | null>): ResponseHead {
  const all = new Map<string, readonly string[] | string | null>([
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", ACCEPT],
    ...Object.entries(fields),
  ]);
  const headers = [...all].flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const)
  );
  return { status: 101, statusText: "Switching Protocols", headers };
}

describe("readUpgradeResponse", () => {
  const sent: SentUpgrade = { key: KEY, protocols: ["chat", "superchat"], extensions: ["a", "b"] };
  const [A, P, E] = ["Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];

  for (
    const [what, fields, agreed] of [
      ["the least", {}, { protocol: "", extensions: [], extensionsHeader: "" }],
      [
        "any case",
        { Upgrade: "WebSocket", Connection: "keep-alive, UPGRADE", [P]: "superchat" },
        { protocol: "superchat", extensions: [], extensionsHeader: "" },
      ],
      [
        "extensions",
        { [E]: "b; c=1 , a" },
        {
          protocol: "",
          extensions: [{ name: "b", params: [["c", "1"]] }, { name: "a", params: [] }],
          extensionsHeader: "b; c=1 , a",
        },
      ],
      [
        "other fields",
        { "Set-Cookie": ["\xff", "b"], constructor: "__proto__" },
        { protocol: "", extensions: [], extensionsHeader: "" },
      ],
    ] as const
  ) {
    it(`takes ${what}`, () =>
      assert.deepEqual(readUpgradeResponse(responseWith(fields), sent), agreed));
  }

  const refusals: readonly (readonly [
    ResponseRuleName,
    string,
    Record<string, readonly string[] | string | null>,
  ])[] = [
    ["upgrade", "none", { Upgrade: null }],
    ["upgrade", "another", { Upgrade: "h2c" }],
    ["upgrade", "more than one", { Upgrade: "websocket, h2c" }],
    ["upgrade", "twice", { Upgrade: ["websocket", "websocket"] }],
    ["upgrade", "beyond ASCII", { Upgrade: "websoc\u212aet" }],
    ["connection", "none", { Connection: null }],
    ["connection", "another", { Connection: "close" }],
    ["accept", "none", { [A]: null }],
    ["accept", "empty", { [A]: "" }],
    ["accept", "of another key", { [A]: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }],
    ["accept", "in another case", { [A]: ACCEPT.toLowerCase() }],
    ["accept", "beyond ASCII", { [A]: `${ACCEPT}\xff` }],
    ["acceptRepeated", "twice", { [A]: [ACCEPT, ACCEPT] }],
    ["protocolNotOffered", "another", { [P]: "mqtt" }],
    ["protocolNotOffered", "another case", { [P]: "Chat" }],
    ["protocolNotOffered", "empty", { [P]: "" }],
    ["protocolNotOffered", "two in one", { [P]: "chat, superchat" }],
    ["protocolNotOffered", "a natural name", { [P]: "constructor" }],
    ["protocolNotOffered", "beyond ASCII (CVE-2026-55517)", { [P]: "\x80\xff" }],
    ["protocolRepeated", "twice", { [P]: ["chat", "chat"] }],
    ["extensionNotOffered", "another", { [E]: "a, c" }],
    ["extensionNotOffered", "a natural name", { [E]: "__proto__" }],
    ["extensions", "malformed", { [E]: "a;" }],
    ["extensions", "empty", { [E]: "" }],
    ["extensions", "beyond ASCII (CVE-2026-55517)", { [E]: "a\xff" }],
    ["extensions", "an open quote (CVE-2020-7662)", { [E]: `a; b="${"c".repeat(1 << 20)}` }],
    ["extensionsRepeated", "the field", { [E]: ["a", "b"] }],
    ["extensionsRepeated", "one in it", { [E]: "a, b, a" }],
  ];
  for (const [reason, what, fields] of refusals) {
    const { section, text } = ResponseRules[reason];
    it(`${section}: refuses ${reason}: ${what}`, () => {
      const error = readUpgradeResponse(responseWith(fields), sent);
      assert.ok(error instanceof WebSocketError);
      assert.equal(error.code, "ERR_HANDSHAKE");
      assert.equal(error.message, `${text} (${section})`);
    });
  }

  it("every rule has a test (status and protocolMissing are below)", () => {
    const tested = new Set<string>([
      "status",
      "protocolMissing",
      ...refusals.map(([reason]) => reason),
    ]);
    assert.deepEqual(Object.keys(ResponseRules).filter((name) => !tested.has(name)), []);
  });

  it("protocolMissing: refuses a response without a subprotocol only where one is required", () => {
    const required = { ...sent, requiresProtocol: true };
    const error = readUpgradeResponse(responseWith({}), required);
    assert.ok(error instanceof WebSocketError);
    assert.match(error.message, /^one of the subprotocols that were offered must be chosen/);
    for (
      const [offer, fields] of [[required, { [P]: "chat" }], [
        { ...required, protocols: [] },
        {},
      ]] as const
    ) {
      assert.ok(!(readUpgradeResponse(responseWith(fields), offer) instanceof WebSocketError));
    }
  });

  it("a subprotocol or extension that was not offered is refused", () => {
    const nothing: SentUpgrade = { key: KEY, protocols: [], extensions: [] };
    for (const fields of [{ [P]: "chat" }, { [E]: "a" }]) {
      assert.ok(readUpgradeResponse(responseWith(fields), nothing) instanceof WebSocketError);
    }
  });

  for (
    const [status, location, code] of [
      [200, undefined, "ERR_HANDSHAKE_STATUS"],
      [200, "/x", "ERR_HANDSHAKE_STATUS"],
      [301, "wss://b/", "ERR_HANDSHAKE_REDIRECT"],
      [307, "/b", "ERR_HANDSHAKE_REDIRECT"],
      [308, "\xff", "ERR_HANDSHAKE_REDIRECT"],
      [302, undefined, "ERR_HANDSHAKE_STATUS"],
      [304, undefined, "ERR_HANDSHAKE_STATUS"],
      [401, undefined, "ERR_HANDSHAKE_STATUS"],
      [426, undefined, "ERR_HANDSHAKE_STATUS"],
      [503, "/x", "ERR_HANDSHAKE_STATUS"],
    ] as const
  ) {
    it(`RFC 6455 4.1 (1): ${status}, Location ${JSON.stringify(location)}: ${code}`, () => {
      const { headers } = responseWith({ Location: location ?? null });
      const error = readUpgradeResponse({ status, statusText: "", headers }, sent);
      assert.ok(error instanceof WebSocketError);
      assert.equal(error.code, code);
      assert.equal(error.status, status);
      assert.equal(error.location, code === "ERR_HANDSHAKE_REDIRECT" ? location : undefined);
    });
  }
});
