import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isWanted, selectGroups, selectTargets } from "./select.ts";

describe("selectTargets", () => {
  const all = [
    { name: "server bun tcp" },
    { name: "server bun native-mount", standsOn: "server bun native" },
    { name: "server bun native" },
    { name: "server ws" },
  ];
  const namesOf = (texts: readonly string[]) => selectTargets(all, texts).map(({ name }) => name);

  it("takes all for no text", () => assert.deepEqual(selectTargets(all, []), all));

  it("takes those whose name has one of the texts", () => {
    assert.deepEqual(namesOf(["tcp", "ws"]), ["server bun tcp", "server ws"]);
  });

  it("takes the control that one stands on", () => {
    assert.deepEqual(namesOf(["mount"]), ["server bun native-mount", "server bun native"]);
    const [only, ...more] = selectTargets(all, ["mount"], ["server bun native"]);
    assert.deepEqual([only, more], [all[1], []]);
  });
});

describe("isWanted", () => {
  it("takes all for no beginning", () => assert.equal(isWanted("cve.12", []), true));

  it("goes by whole numbers", () => {
    assert.equal(isWanted("cve.1", ["cve.1"]), true);
    assert.equal(isWanted("cve.12", ["cve.1"]), false);
    assert.equal(isWanted("cve.12", ["6", "cve."]), true);
    assert.equal(isWanted("cve.12", ["cve"]), true);
  });
});

describe("selectGroups", () => {
  const groups = [
    { globs: ["1.*", "2.*", "10.*"], concurrency: 4 },
    { globs: ["12.1.1", "12.1.2"], concurrency: 2 },
  ];
  const globsOf = (beginnings: readonly string[]) =>
    selectGroups(groups, beginnings).map(({ globs }) => globs);

  it("takes all for no beginning", () => assert.deepEqual(selectGroups(groups, []), groups));

  it("takes sections, parts of them and single cases", () => {
    assert.deepEqual(globsOf(["1"]), [["1.*"]]);
    assert.deepEqual(globsOf(["1.2."]), [["1.2.*"]]);
    assert.deepEqual(globsOf(["1.2.3", "2.1"]), [["1.2.3", "2.1"]]);
    assert.deepEqual(globsOf(["12.1"]), [["12.1.1", "12.1.2"]]);
    assert.deepEqual(globsOf(["12.1.2"]), [["12.1.2"]]);
  });

  it("keeps how many run at a time, and drops what is empty", () => {
    assert.deepEqual(selectGroups(groups, ["10"]), [{ globs: ["10.*"], concurrency: 4 }]);
    assert.deepEqual(globsOf(["9", "cve"]), []);
  });
});
