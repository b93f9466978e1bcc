import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  makeOriginCheck,
  type OriginPolicy,
  type OriginSubject,
} from "../../src/handshake/origin_policy.ts";
import { untyped } from "../helpers/untyped.ts";
import { cpuMs } from "../helpers/cpu_time.ts";

const allowsOrigin = (subject: OriginSubject, policy: OriginPolicy = "same-host") =>
  makeOriginCheck(policy)(subject);

function from(origin: string | null, host = "example.com"): OriginSubject {
  return { origin, host, head: { method: "GET", target: "/", headers: [] } };
}

describe("allowsOrigin: same-host, the default (RFC 6455 10.2, CVE-2025-24010)", () => {
  for (
    const [origin, host, allowed] of [
      [null, "example.com", true],
      ["http://example.com", "example.com", true],
      ["https://example.com", "example.com", true],
      ["https://EXAMPLE.com", "example.COM", true],
      ["https://example.com", "example.com:443", true],
      ["https://example.com:443", "example.com", true],
      ["http://example.com:80", "example.com:80", true],
      ["http://example.com", "example.com:", true],
      ["wss://example.com", "example.com:443", true],
      ["ws://example.com:80", "example.com", true],
      ["http://localhost:8080", "localhost:8080", true],
      ["http://[::1]:8080", "[::1]:8080", true],
      ["http://[::1]", "[::1]:80", true],
      ["http://192.0.2.1", "192.0.2.1", true],
      ["https://example.com", "example.com:80", false],
      ["http://example.com", "example.com:443", false],
      ["http://localhost:8080", "localhost:8081", false],
      ["http://localhost:8080", "localhost", false],
      ["http://localhost", "localhost:8080", false],
      ["http://evil.com", "example.com", false],
      ["http://example.com.evil.com", "example.com", false],
      ["http://evilexample.com", "example.com", false],
      ["http://sub.example.com", "example.com", false],
      ["http://evil.com@example.com", "example.com", false],
      ["http://example.com@evil.com", "example.com", false],
      ["http://evil.com/example.com", "example.com", false],
      ["http://example.com/", "example.com", false],
      ["http://example.com http://evil.com", "example.com", false],
      ["http://example.com:80a", "example.com", false],
      ["http://example.com:80:80", "example.com", false],
      ["http://example.com\u00a0", "example.com", false],
      ["http://ex\u00e4mple.com", "example.com", false],
      ["//example.com", "example.com", false],
      ["example.com", "example.com", false],
      ["file://", "example.com", false],
      ["file://", "", false],
      ["http://", "", false],
      ["null", "example.com", false],
      ["null", "null", false],
      ["", "", false],
      ["__proto__", "__proto__", false],
      ["constructor://example.com", "example.com", true],
    ] as const
  ) {
    it(`${JSON.stringify(origin)} to ${JSON.stringify(host)}: ${allowed}`, () => {
      assert.equal(allowsOrigin(from(origin, host)), allowed);
      assert.equal(allowsOrigin(from(origin, host), "same-host"), allowed);
    });
  }
});

describe("allowsOrigin: other policies", () => {
  const list: OriginPolicy = ["https://app.example.com", "http://localhost:3000"];
  for (
    const [origin, policy, allowed] of [
      ["https://app.example.com", list, true],
      ["https://APP.example.com:443", list, true],
      ["http://localhost:3000", list, true],
      ["http://app.example.com", list, false],
      ["https://example.com", list, false],
      ["http://localhost", list, false],
      ["null", list, false],
      ["https://example.com", [], false],
      [null, [], true],
      ["http://evil.com", "any", true],
      ["null", "any", true],
      [null, "any", true],
      ["chrome-extension://abc", ["chrome-extension://abc"], true],
      ["file://", ["file://"], true],
      ["http://file", ["file://"], false],
      ["https://a.example.com", ["https://*.example.com"], true],
      ["https://a.b.example.com", ["https://*.example.com"], true],
      ["https://A.example.com:443", ["https://*.Example.com"], true],
      ["https://a.example.com:8443", ["https://*.example.com:8443"], true],
      ["https://a.example.com:8443", ["https://*.example.com"], false],
      ["https://example.com", ["https://*.example.com"], false],
      ["https://evilexample.com", ["https://*.example.com"], false],
      ["http://a.example.com", ["https://*.example.com"], false],
    ] as const
  ) {
    it(`${JSON.stringify(origin)}, ${JSON.stringify(policy)}: ${allowed}`, () => {
      assert.equal(allowsOrigin(from(origin), policy), allowed);
    });
  }

  it("asks a function, with the head, unless there is no Origin", () => {
    const subject = from("null");
    const asked: unknown[] = [];
    const policy: OriginPolicy = (origin, head) => asked.push([origin, head]) === 1;
    assert.equal(allowsOrigin(subject, policy), true);
    assert.equal(allowsOrigin(subject, policy), false);
    assert.equal(allowsOrigin(from(null), policy), true);
    assert.deepEqual(asked, [["null", subject.head], ["null", subject.head]]);
  });

  it("takes linear time for a long Origin", () => {
    const before = cpuMs();
    for (const long of [" ".repeat(1 << 20), "a".repeat(1 << 20), "http://".repeat(1 << 17)]) {
      assert.equal(allowsOrigin(from(long)), false);
      assert.equal(allowsOrigin(from(`http://${long}`)), false);
    }
    assert.ok(cpuMs() - before < 5000);
  });
});

describe("makeOriginCheck", () => {
  it("takes every form of policy", () => {
    for (const policy of ["any", "same-host", [], ["https://a.b:1"], () => true] as const) {
      assert.equal(typeof makeOriginCheck(policy), "function");
    }
  });

  it("names allowedOrigins when an entry could never match", () => {
    for (const entry of ["null", "example.com", "https://a/", "*", "https://*.a/b", "", 1, null]) {
      assert.throws(() => makeOriginCheck(["https://a", untyped(entry)]), {
        name: "TypeError",
        message: /^allowedOrigins: /,
      });
    }
  });

  it("names allowedOrigins when the policy has no known form", () => {
    for (const policy of ["*", "https://a", "", 1, true, null, {}, new Set(["https://a"])]) {
      assert.throws(() => makeOriginCheck(untyped(policy)), {
        name: "TypeError",
        message: /^allowedOrigins: must be "same-host", "any", a list of origins or a function/,
      });
    }
  });

  it("waits for the promise of a function", async () => {
    assert.equal(await allowsOrigin(from("http://a"), () => Promise.resolve(true)), true);
    assert.equal(await allowsOrigin(from("http://a"), () => Promise.resolve(false)), false);
    await assert.rejects(async () => {
      await allowsOrigin(from("http://a"), () => Promise.reject(new Error("no database")));
    }, /no database/);
  });

  it("rejects an answer that is neither a boolean nor a promise of one", async () => {
    for (const answer of ["yes", "", 1, 0, {}, null, undefined, Promise.resolve("yes")]) {
      const policy = (): boolean => untyped(answer);
      await assert.rejects(async () => {
        await allowsOrigin(from("http://a"), policy);
      }, /^TypeError: allowedOrigins: the function must return a boolean/);
    }
  });
});
