/** Fields of proxies, from trusted addresses and from others (RFC 7239). @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderList } from "../../src/handshake/head.ts";
import type { Address } from "../../src/message.ts";
import { makeForwardedReader } from "../../src/server/trusted_proxies.ts";
import { cpuMs } from "../helpers/cpu_time.ts";
import { untyped } from "../helpers/untyped.ts";

const tcp = (hostname: string, port = 0): Address => ({ transport: "tcp", hostname, port });
const PROXY = tcp("10.0.0.1", 5000);
const read = makeForwardedReader(["10.0.0.0/8", "::1"]);

describe("makeForwardedReader", () => {
  for (
    const [name, headers, expected] of [
      ["no field", [], {}],
      ["X-Forwarded-For", [["X-Forwarded-For", "192.0.2.7"]], {
        remoteAddress: tcp("192.0.2.7"),
      }],
      ["a chain, whose first address is the client's claim", [
        ["X-Forwarded-For", "6.6.6.6, 192.0.2.7, 10.0.0.2"],
      ], { remoteAddress: tcp("192.0.2.7") }],
      ["a chain in two lines", [
        ["X-Forwarded-For", "192.0.2.7"],
        ["x-forwarded-for", "10.9.9.9"],
      ], { remoteAddress: tcp("192.0.2.7") }],
      ["scheme, host and port", [
        ["X-Forwarded-For", "192.0.2.7"],
        ["X-Forwarded-Proto", "https"],
        ["X-Forwarded-Host", "example.com"],
        ["X-Forwarded-Port", "8443"],
      ], { remoteAddress: tcp("192.0.2.7"), scheme: "https", host: "example.com:8443" }],
      ["wss as scheme", [["X-Forwarded-Proto", "wss"]], { scheme: "https" }],
      ["a host that is none", [["X-Forwarded-Host", "a b/c"]], {}],
      ["Forwarded before X-Forwarded", [
        ["Forwarded", 'for="[2001:db8::17]:4711";proto=https;host=example.com'],
        ["X-Forwarded-For", "6.6.6.6"],
      ], { remoteAddress: tcp("2001:db8::17", 4711), scheme: "https", host: "example.com" }],
      ["Forwarded in a chain", [
        [
          "Forwarded",
          "for=6.6.6.6;host=evil.example, for=192.0.2.7;host=example.com, for=10.0.0.9",
        ],
      ], { remoteAddress: tcp("192.0.2.7"), host: "example.com" }],
      ["an obfuscated node", [["Forwarded", "for=_hidden;proto=http"]], { scheme: "http" }],
      ["only proxies of ours", [["X-Forwarded-For", "10.0.0.3, 10.0.0.2"]], {
        remoteAddress: tcp("10.0.0.3"),
      }],
    ] as const
  ) {
    it(`reads ${name} from a trusted proxy`, () => {
      assert.deepEqual(read(headers as HeaderList, PROXY), expected);
    });

    it(`ignores ${name} from any other address`, () => {
      for (const peer of [tcp("192.0.2.1"), null]) {
        assert.deepEqual(read(headers as HeaderList, peer), {});
      }
    });
  }

  it("trusts peers without an IP address when the list has unix", () => {
    const headers: HeaderList = [["X-Forwarded-For", "192.0.2.7"]];
    const forUnix = makeForwardedReader(["unix"]);
    assert.deepEqual(forUnix(headers, null), { remoteAddress: tcp("192.0.2.7") });
    assert.deepEqual(forUnix(headers, { transport: "unix", path: "/a" }), {
      remoteAddress: tcp("192.0.2.7"),
    });
    assert.deepEqual(forUnix(headers, PROXY), {});
  });

  it("names trustedProxies when an entry is neither address, range nor unix", () => {
    for (const entry of ["localhost", "10.0.0.0/40", "", 1, null]) {
      assert.throws(() => makeForwardedReader([untyped(entry)]), /^TypeError: trustedProxies: /);
    }
    assert.throws(() => makeForwardedReader(untyped("10.0.0.1")), /^TypeError: trustedProxies: /);
  });

  it("takes linear time for long fields", () => {
    const before = cpuMs();
    for (const long of [",".repeat(1 << 16), '"'.repeat(1 << 16), "for=a;".repeat(1 << 13)]) {
      read([["Forwarded", long], ["X-Forwarded-For", long]], PROXY);
    }
    assert.ok(cpuMs() - before < 5_000);
  });
});
