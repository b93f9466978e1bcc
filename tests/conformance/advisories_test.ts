import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../scripts/lib/runtimes.ts";
import { ADVISORIES, whereTried } from "./advisories.ts";
import { CLIENT_CASES } from "./own/try_client.ts";
import { SERVER_CASES } from "./own/try_server.ts";

const CASES = [
  ...SERVER_CASES.map((each) => ({ ...each, role: "server" as const })),
  ...CLIENT_CASES.map((each) => ({ ...each, role: "client" as const })),
];

describe("what broke others", () => {
  for (const advisory of ADVISORIES) {
    it(`${advisory.name} is tried here, or elsewhere, or cannot be`, () => {
      assert.notEqual(whereTried(advisory, CASES), "");
      const { elsewhere = "" } = advisory;
      if (elsewhere.startsWith("tests/")) assert.ok(existsSync(join(ROOT, elsewhere)), elsewhere);
    });
  }

  it("has every number that a case names", () => {
    const names = new Set(ADVISORIES.map(({ name }) => name));
    const numbered = CASES.flatMap(({ source }) => source.split(", "))
      .filter((source) => /^(?:CVE|GHSA)-/.test(source));
    assert.deepEqual(numbered.filter((source) => !names.has(source)), []);
  });

  it("tells the cases of servers and clients apart", () => {
    const advisory = { name: "CVE-1", what: "", link: "" };
    const at = (role: "server" | "client", id: string) => ({ role, id, source: "CVE-1, other" });
    assert.equal(whereTried(advisory, [at("server", "a.1"), at("client", "a.1")]), "a.1");
    assert.equal(
      whereTried(advisory, [at("server", "a.1"), at("client", "a.2")]),
      "server a.1; client a.2",
    );
  });
});

describe("our cases", () => {
  for (const [role, cases] of [["server", SERVER_CASES], ["client", CLIENT_CASES]] as const) {
    it(`for ${role}s have ids of their own, a title and a source`, () => {
      assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
      for (const { title, source } of cases) assert.ok(title !== "" && source !== "");
    });
  }
});
