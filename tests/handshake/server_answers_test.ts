/**
 * The answers to an opening handshake: `refuse`, `acceptUpgrade` and the texts they write.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { HeadReader } from "../../src/handshake/http_head.ts";
import { latin1ToString } from "../../src/handshake/latin1.ts";
import {
  type HeadRuleName,
  HeadRules,
  type RequestRuleName,
  RequestRules,
} from "../../src/handshake/rules.ts";
import {
  acceptUpgrade,
  agreeProtocol,
  refuse,
  writeAcceptance,
  writeRefusal,
} from "../../src/handshake/server_handshake.ts";
import { writeResponse } from "../../src/handshake/write_head.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

describe("refuse and writeRefusal", () => {
  it("RFC 6455 4.2.2, 4.4: 426 says what to upgrade to", () => {
    for (const reason of ["upgrade", "connection", "version"] as const) {
      const refusal = refuse(reason);
      assert.equal(
        latin1ToString(writeRefusal(refusal)),
        "HTTP/1.1 426 Upgrade Required\r\nContent-Type: text/plain; charset=utf-8\r\n" +
          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n" +
          `Content-Length: ${refusal.body.length}\r\n\r\n${refusal.body}`,
      );
    }
  });

  it("RFC 9110 15.5.6: 405 says what is allowed", () => {
    assert.match(
      latin1ToString(writeRefusal(refuse("method"))),
      /^HTTP\/1.1 405 .*\r\n[^]*\r\nAllow: GET\r\n/,
    );
  });

  it("writes every rule as a head that can be read, its section in the body", () => {
    const names = [
      ...Object.keys(RequestRules) as RequestRuleName[],
      ...Object.keys(HeadRules) as HeadRuleName[],
    ];
    for (const name of names) {
      const refusal = refuse(name);
      const progress = new HeadReader({ kind: "response" }).push(writeRefusal(refusal));
      if (progress.state !== "response") assert.fail(name);
      assert.equal(progress.head.status, refusal.status);
      assert.notEqual(progress.head.statusText, "");
      assert.equal(latin1ToString(progress.rest), refusal.body);
      assert.match(refusal.body, /^\S.* \(RFC \d+ .*\)\n$/);
    }
  });
});

describe("acceptUpgrade", () => {
  const upgrade = { key: KEY, protocols: ["chat", "superchat"] };
  const opening = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", ACCEPT],
  ] as const;

  it("RFC 6455 1.3, 4.2.2 (5): answers the example", () => {
    assert.deepEqual(acceptUpgrade({ upgrade, protocol: "chat" }), {
      status: 101,
      statusText: "Switching Protocols",
      headers: [...opening, ["Sec-WebSocket-Protocol", "chat"]],
    });
  });

  it("RFC 6455 4.2.2 /subprotocol/: never answers one that was not offered", () => {
    for (const protocol of [undefined, "", "Chat", "mqtt", "constructor", "chat, superchat"]) {
      assert.deepEqual(acceptUpgrade({ upgrade, protocol }).headers, opening);
      assert.equal(agreeProtocol(upgrade, protocol), "");
    }
    assert.equal(agreeProtocol(upgrade, "superchat"), "superchat");
  });

  it("RFC 6455 4.2.2 /extensions/: answers those agreed on, then the caller's fields", () => {
    const head = acceptUpgrade({
      upgrade,
      extensions: [{ name: "permessage-deflate", params: [["server_max_window_bits", "10"]] }],
      headers: [["Set-Cookie", "a"], ["Set-Cookie", "b"]],
    });
    assert.deepEqual(head.headers, [
      ...opening,
      ["Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10"],
      ["Set-Cookie", "a"],
      ["Set-Cookie", "b"],
    ]);
  });

  it("throws for fields of the caller that are malformed or its own, naming them", () => {
    for (
      const [name, value] of [
        ["Upgrade", "a"],
        ["connection", "close"],
        ["Content-Length", "0"],
        ["Transfer-Encoding", "chunked"],
        ["sec-websocket-accept", ACCEPT],
        ["Sec-WebSocket-Protocol", "chat"],
        ["X-Bad", "a\r\nb: c"],
        ["X-Bad", "a\0"],
        ["X-Bad", "\u0100"],
      ] as const
    ) {
      const options = { upgrade, headers: [[name, value]] } as const;
      assert.throws(() => acceptUpgrade(options), { name: "TypeError", message: new RegExp(name) });
      assert.throws(() => writeAcceptance(options), { name: "TypeError" });
    }
  });

  it("writeAcceptance gives the same bytes on its fast path", () => {
    for (
      const options of [
        { upgrade },
        { upgrade, protocol: "mqtt" },
        { upgrade, protocol: "chat" },
        { upgrade, headers: [["X", "y"]] as const },
        { upgrade, extensions: [{ name: "a", params: [] }] },
      ]
    ) {
      const written = latin1ToString(writeAcceptance(options));
      assert.equal(written, latin1ToString(writeResponse(acceptUpgrade(options))));
    }
  });

  it("a hash of the runtime gives the same response", () => {
    for (const options of [{ upgrade }, { upgrade, protocol: "chat" }]) {
      const texts: string[] = [];
      const hash = (text: string): string => {
        texts.push(text);
        return createHash("sha1").update(text).digest("base64");
      };
      const ours = latin1ToString(writeAcceptance(options));
      assert.equal(latin1ToString(writeAcceptance({ ...options, hash })), ours);
      assert.deepEqual(acceptUpgrade({ ...options, hash }), acceptUpgrade(options));
      assert.equal(texts.length, 2);
    }
  });
});
