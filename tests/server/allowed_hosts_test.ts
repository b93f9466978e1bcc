/** Hosts that a server answers for. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeHostCheck } from "../../src/server/allowed_hosts.ts";
import type { RefusedUpgrade } from "../../src/server/refusal_report.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";
import { untyped } from "../helpers/untyped.ts";

describe("makeHostCheck", () => {
  for (
    const [entry, allowed, refused] of [
      ["example.com", ["example.com", "EXAMPLE.com:8080", "example.com.", "example.com:"], [
        "www.example.com",
        "example.com.evil.test",
        "notexample.com",
      ]],
      ["*.example.com", ["a.example.com", "a.b.example.com:1"], ["example.com", "aexample.com"]],
      ["example.com:8080", ["example.com:8080"], ["example.com", "example.com:80"]],
      ["127.0.0.1", ["127.0.0.1:9000"], ["127.0.0.2"]],
      ["[::1]", ["[::1]", "[::1]:9000"], ["[::2]", "::1"]],
    ] as const
  ) {
    it(`takes ${entry} for its hosts and no others`, () => {
      const isAllowed = makeHostCheck([entry]) ?? assert.fail("no check");
      for (const host of allowed) assert.equal(isAllowed(host), true, host);
      for (const host of refused) assert.equal(isAllowed(host), false, host);
    });
  }

  it("checks nothing with any", () => assert.equal(makeHostCheck("any"), null));

  it("names allowedHosts when an entry is no host", () => {
    for (const entry of ["https://example.com", "", "*", "a b", 1, null]) {
      assert.throws(() => makeHostCheck([untyped(entry)]), /^TypeError: allowedHosts: /);
    }
    assert.throws(() => makeHostCheck(untyped("example.com")), /^TypeError: allowedHosts: /);
  });
});

describe("allowedHosts", () => {
  itEnds("refuses a rebound name with 421, although its Origin is the same host", async () => {
    const told: RefusedUpgrade[] = [];
    const onRefuse = (refused: RefusedUpgrade): void => void told.push(refused);
    const server = new RawServer(IDLE, { server: { allowedHosts: ["localhost"], onRefuse } });
    const request = upgradeRequest("Origin: http://evil.test").replace(
      "Host: test",
      "Host: evil.test",
    );
    const peer = await server.ask(request);
    assert.match(peer.head ?? "", /^HTTP\/1\.1 421 /);
    assert.match(peer.body, /evil\.test is not served/);
    assert.deepEqual(told.map(({ rule, status }) => [rule, status]), [["allowedHosts", 421]]);
    const honest = await server.ask(upgradeRequest().replace("Host: test", "Host: localhost:80"));
    assert.match(honest.head ?? "", /^HTTP\/1\.1 101 /);
  });

  itEnds("looks at the host that a trusted proxy tells", async () => {
    const server = new RawServer(IDLE, {
      server: { allowedHosts: ["example.com"], trustedProxies: ["unix"] },
    });
    const peer = await server.ask(upgradeRequest("X-Forwarded-Host: example.com"));
    assert.match(peer.head ?? "", /^HTTP\/1\.1 101 /);
  });
});
