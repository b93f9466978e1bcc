/** Which proxy is taken: by the option, and by the environment as curl reads it. @module */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, it } from "node:test";
import { chooseProxy, type Proxy } from "../../../src/client/proxy/choose.ts";
import { matchesNoProxy } from "../../../src/client/proxy/no_proxy.ts";

function choose(
  option: string,
  url = "ws://example.com/",
  env: Record<string, string> = {},
): Proxy | null {
  const target = new URL(url);
  const hostname = target.hostname.replace(/^\[|\]$/g, "");
  return chooseProxy(option, { url: target, hostname, getEnv: (name) => env[name] });
}

describe("the option proxy", () => {
  for (
    const [option, scheme, hostname, port, user, password] of [
      ["http://proxy:3128", "http", "proxy", 3128, undefined, undefined],
      ["http://proxy:80/", "http", "proxy", 80, undefined, undefined],
      ["http://proxy", "http", "proxy", 1080, undefined, undefined],
      ["proxy:8080", "http", "proxy", 8080, undefined, undefined],
      ["https://proxy", "https", "proxy", 443, undefined, undefined],
      ["socks5://user:p%40ss@127.0.0.1:1", "socks5", "127.0.0.1", 1, "user", "p@ss"],
      ["SOCKS5H://user@[::1]:9", "socks5h", "::1", 9, "user", ""],
      ["http://u:a:b%@proxy:1", "http", "proxy", 1, "u", "a:b%"],
    ] as const
  ) {
    it(`reads ${option}`, () => {
      const credentials = user === undefined ? null : { user, password };
      assert.deepEqual(choose(option), { scheme, hostname, port, credentials });
    });
  }

  for (
    const option of [
      "ftp://u:secret@proxy:1",
      "http://u:secret@",
      "http://u:secret@p:99999",
      "u:secret@a b",
    ]
  ) {
    it(`refuses ${option}, without repeating the password`, () => {
      assert.throws(() => choose(option), (error) => {
        assert.ok(error instanceof TypeError);
        assert.doesNotMatch(inspect(error), /secret/);
        return true;
      });
    });
  }
});

describe('proxy: "env"', () => {
  for (
    const [url, env, hostname] of [
      ["ws://a.test/", { http_proxy: "one", HTTP_PROXY: "two" }, "one"],
      ["ws://a.test/", { HTTP_PROXY: "two" }, "two"],
      ["ws://a.test/", { HTTP_PROXY: "two", REQUEST_METHOD: "GET" }, null],
      ["ws://a.test/", { https_proxy: "one" }, null],
      ["wss://a.test/", { HTTPS_PROXY: "one", http_proxy: "two" }, "one"],
      ["wss://a.test/", { https_proxy: "", ALL_PROXY: "socks5h://all" }, "all"],
      ["wss://a.test/", {}, null],
      ["wss://a.test/", { https_proxy: "one", NO_PROXY: "a.test" }, null],
      ["wss://a.test/", { https_proxy: "one", no_proxy: "", NO_PROXY: "a.test" }, "one"],
    ] as const
  ) {
    it(`for ${url} with ${JSON.stringify(env)} is ${hostname}`, () => {
      assert.equal(choose("env", url, env)?.hostname ?? null, hostname);
    });
  }
});

describe("NO_PROXY", () => {
  for (
    const [host, list, isExempt] of [
      ["example.com", "example.com", true],
      ["www.example.com", "example.com", true],
      ["www.example.com", ".example.com", true],
      ["example.com", ".example.com", true],
      ["badexample.com", "example.com", false],
      ["EXAMPLE.com", "other, Example.COM.", true],
      ["example.com.", "example.com", true],
      ["a", "b a", true],
      ["anything", "*", true],
      ["anything", "", false],
      ["127.0.0.1", "127.0.0.1", true],
      ["127.0.0.2", "127.0.0.1", false],
      ["10.1.2.3", "10.0.0.0/8", true],
      ["11.1.2.3", "10.0.0.0/8", false],
      ["192.168.1.130", "192.168.1.128/25", true],
      ["192.168.1.1", "192.168.1.128/25", false],
      ["::1", "[::1]", true],
      ["::1", "0:0::1", true],
      ["fe80::1", "fe80::/10", true],
      ["2001:db8::1", "fe80::/10", false],
      ["10.1.2.3", "3", false],
    ] as const
  ) {
    it(`${JSON.stringify(list)} ${isExempt ? "exempts" : "does not exempt"} ${host}`, () => {
      assert.equal(matchesNoProxy(host, list), isExempt);
    });
  }
});
