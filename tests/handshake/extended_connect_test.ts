import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  acceptConnect,
  makeConnectRequest,
  readConnect,
  readConnectResponse,
  refuseConnect,
} from "../../src/handshake/extended_connect.ts";
import type { HeaderList } from "../../src/handshake/head.ts";
import { ConnectRules } from "../../src/handshake/rules.ts";
import { readUpgrade, type Refusal, refuse } from "../../src/handshake/server_handshake.ts";

/**
 * The request of RFC 8441 section 5.1, with fields replaced (all of a name), added, or with `null`
 * left out.
 */
function connectWith(change: Record<string, readonly string[] | string | null> = {}): HeaderList {
  const fields = new Map<string, readonly string[] | string | null>([
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "https"],
    [":path", "/chat"],
    [":authority", "server.example.com"],
    ["sec-websocket-protocol", "chat, superchat"],
    ["sec-websocket-extensions", "permessage-deflate"],
    ["sec-websocket-version", "13"],
    ["origin", "http://www.example.com"],
    ...Object.entries(change),
  ]);
  return [...fields].flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const)
  );
}

function assertRefused(fields: HeaderList, rule: Refusal["reason"]): void {
  const head = readConnect(fields);
  assert.deepEqual("reason" in head ? head : readUpgrade(head), refuse(rule));
}

describe("readConnect", () => {
  it("reads the request of RFC 8441 as the GET that it stands for", () => {
    const head = readConnect(connectWith());
    assert.ok(!("reason" in head));
    assert.deepEqual([head.method, head.target, head.version], ["GET", "/chat", "2"]);
    const upgrade = readUpgrade(head);
    assert.ok(!("reason" in upgrade));
    const { host, path, protocols, origin, key, extensions } = upgrade;
    assert.deepEqual([host, path, origin, key], [
      "server.example.com",
      "/chat",
      "http://www.example.com",
      "",
    ]);
    assert.deepEqual(protocols, ["chat", "superchat"]);
    assert.equal(extensions[0]?.name, "permessage-deflate");
  });

  it("takes Host where there is no :authority, and both if they agree", () => {
    for (const authority of [null, "a.example"]) {
      const head = readConnect(connectWith({ ":authority": authority, host: "a.example" }));
      assert.ok(!("reason" in head));
      assert.deepEqual(head.headers.filter(([name]) => name === "host"), [["host", "a.example"]]);
    }
  });

  it("ignores a Sec-WebSocket-Key, which HTTP/2 does not use", () => {
    const head = readConnect(connectWith({ "sec-websocket-key": "nonsense" }));
    assert.ok(!("reason" in head) && !("reason" in readUpgrade(head)));
  });

  const refused: [what: string, Parameters<typeof connectWith>[0], Refusal["reason"]][] = [
    ["another method", { ":method": "GET" }, "connectMethod"],
    ["no :protocol", { ":protocol": null }, "connectProtocol"],
    ["another :protocol", { ":protocol": "connect-udp" }, "connectProtocol"],
    ["no :path", { ":path": null }, "connectTarget"],
    ["two :path", { ":path": ["/a", "/b"] }, "connectTarget"],
    ["no :scheme", { ":scheme": null }, "connectTarget"],
    ["two :authority", { ":authority": ["a", "b"] }, "authority"],
    ["a Host of another name", { host: "evil.example" }, "authority"],
    ["neither :authority nor Host", { ":authority": null }, "host"],
    ["an :authority that is none", { ":authority": "a b" }, "host"],
    ["a :path with a fragment", { ":path": "/a#b" }, "target"],
    ["a :path that is no path", { ":path": "chat" }, "target"],
    ["Connection", { connection: "Upgrade" }, "connectionField"],
    ["Upgrade", { upgrade: "websocket" }, "connectionField"],
    ["Transfer-Encoding", { "transfer-encoding": "chunked" }, "connectionField"],
    ["a Content-Length", { "content-length": "3" }, "body"],
    ["another version", { "sec-websocket-version": "8" }, "connectVersion"],
    ["no version", { "sec-websocket-version": null }, "connectVersion"],
    ["a subprotocol that is no token", { "sec-websocket-protocol": "a b" }, "protocol"],
    ["two Origins", { origin: ["http://a", "http://b"] }, "originRepeated"],
  ];
  for (const [what, change, rule] of refused) {
    it(`refuses ${what}: ${rule}`, () => assertRefused(connectWith(change), rule));
  }

  it("has a test for every rule", () => {
    const tested = new Set<string>(refused.map(([, , rule]) => rule));
    assert.deepEqual(Object.keys(ConnectRules).filter((name) => !tested.has(name)), []);
  });

  it("names the version that is spoken, without a field of HTTP/1.1", () => {
    const { status, headers } = refuse("connectVersion");
    assert.deepEqual(refuseConnect({ status, headers }), [
      [":status", "400"],
      ["content-type", "text/plain; charset=utf-8"],
      ["sec-websocket-version", "13"],
    ]);
    assert.ok(!refuseConnect(refuse("upgrade")).some(([name]) => name === "upgrade"));
  });
});

describe("acceptConnect", () => {
  it("answers 200 with what was agreed, and with no Sec-WebSocket-Accept", () => {
    const upgrade = { key: "", protocols: ["chat", "superchat"] };
    const extensions = [{ name: "permessage-deflate", params: [] }];
    const headers: HeaderList = [["Set-Cookie", "a=1"]];
    assert.deepEqual(acceptConnect({ upgrade, protocol: "superchat", extensions, headers }), [
      [":status", "200"],
      ["sec-websocket-protocol", "superchat"],
      ["sec-websocket-extensions", "permessage-deflate"],
      ["set-cookie", "a=1"],
    ]);
  });

  it("answers a key that was sent all the same, as undici 7 expects", () => {
    const head = readConnect(connectWith({ "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" }));
    assert.ok(!("reason" in head));
    const upgrade = readUpgrade(head);
    assert.ok(!("reason" in upgrade));
    assert.deepEqual(acceptConnect({ upgrade })[1], [
      "sec-websocket-accept",
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]);
  });

  it("throws for a field of the handshake or of HTTP/1.1", () => {
    for (const name of ["Sec-WebSocket-Protocol", "Connection", "Keep-Alive", "Content-Length"]) {
      const headers: HeaderList = [[name, "x"]];
      assert.throws(
        () => acceptConnect({ upgrade: { key: "", protocols: [] }, headers }),
        TypeError,
      );
    }
  });
});

describe("makeConnectRequest", () => {
  it("makes a request that readConnect takes, with the URL's credentials", () => {
    const { fields, head } = makeConnectRequest({
      url: new URL("wss://u:p@example.com:8443/a?b"),
      protocols: ["x"],
      headers: [["Cookie", "c=1"]],
    });
    assert.deepEqual(fields, [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/a?b"],
      [":authority", "example.com:8443"],
      ["sec-websocket-version", "13"],
      ["sec-websocket-protocol", "x"],
      ["authorization", "Basic dTpw"],
      ["cookie", "c=1"],
    ]);
    assert.equal(head.headers[0]?.[1], "example.com:8443");
    const read = readConnect(fields);
    assert.ok(!("reason" in read) && !("reason" in readUpgrade(read)));
  });

  it("makes :authority of the caller's Host", () => {
    const { fields } = makeConnectRequest({
      url: new URL("ws://127.0.0.1/"),
      protocols: [],
      headers: [["Host", "example.com"]],
    });
    assert.deepEqual(fields.slice(2), [
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "example.com"],
      ["sec-websocket-version", "13"],
    ]);
  });
});

describe("readConnectResponse", () => {
  const sent = { protocols: ["a"], extensions: [], requiresProtocol: false };

  it("reads what the server agreed to", () => {
    const agreed = readConnectResponse({ headers: [["sec-websocket-protocol", "a"]] }, sent);
    assert.ok("protocol" in agreed);
    assert.equal(agreed.protocol, "a");
  });

  it("returns an error for what was not offered", () => {
    const agreed = readConnectResponse({ headers: [["sec-websocket-protocol", "b"]] }, sent);
    assert.ok("code" in agreed);
    assert.equal(agreed.code, "ERR_HANDSHAKE");
  });

  it("returns an error that says so for an ordinary page", () => {
    const agreed = readConnectResponse({ headers: [["content-type", "text/html"]] }, sent);
    assert.ok("code" in agreed);
    assert.match(agreed.message, /text\/html/);
  });
});
