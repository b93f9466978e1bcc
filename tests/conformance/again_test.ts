import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { badTwice, formatFirst, selectAgain } from "../../scripts/conformance/again.ts";
import type { Column } from "./explain.ts";
import type { CaseResult } from "./result.ts";
import type { Target } from "./targets.ts";

const command = { file: "true", arguments: [] };

function target(name: string, standsOn?: string): Target {
  const role = "server" as const;
  const base = { name, role, deflate: "all" as const, forLarge: command, forOwn: command };
  return { ...base, isOurs: !name.includes("native"), ...(standsOn && { standsOn }) };
}

function cell(behavior: CaseResult["behavior"]): CaseResult {
  return { id: "1.1", title: "a case", behavior, close: "OK", why: "late", ms: 1, page: "x" };
}

const column = (of: Target, behavior: CaseResult["behavior"]): Column => ({
  target: of,
  results: [cell(behavior)],
});

describe("targets that are tried a second time", () => {
  const tcp = target("server ours tcp");
  const native = target("server native");
  const mount = target("server ours mount", "server native");
  const all = [tcp, native, mount];

  it("are none where all is well, and no controls", () => {
    assert.deepEqual(selectAgain(all, [column(tcp, "OK"), column(native, "FAILED")]), []);
  });

  it("are those with a cell that is not well, and the control that one stands on", () => {
    assert.deepEqual(selectAgain(all, [column(tcp, "FAILED"), column(mount, "OK")]), [tcp]);
    const bad = [column(mount, "FAILED"), column(native, "OK"), column(tcp, "OK")];
    assert.deepEqual(selectAgain(all, bad), [native, mount]);
  });

  it("are none that the control explains", () => {
    assert.deepEqual(selectAgain(all, [column(mount, "FAILED"), column(native, "FAILED")]), []);
  });

  it("are none if many are not well, which is no chance", () => {
    const many = Array.from({ length: 7 }, (_, i) => target(`server ours ${i}`));
    assert.deepEqual(selectAgain(many, many.map((each) => column(each, "FAILED"))), []);
  });

  it("are bad only in what is well at neither try", () => {
    const [well, bad] = [column(tcp, "OK"), column(tcp, "FAILED")];
    assert.deepEqual(badTwice([bad], [well]), []);
    assert.deepEqual(badTwice([well], [bad]), []);
    assert.deepEqual(badTwice([bad], [bad]), [{ target: tcp.name, result: bad.results[0] }]);
  });

  it("are bad if a try gave no results, and the other was not well", () => {
    const none: Column = { target: tcp, results: [] };
    const [well, bad] = [column(tcp, "OK"), column(tcp, "FAILED")];
    assert.deepEqual(badTwice([none], [none]), [{ target: tcp.name }]);
    assert.deepEqual(badTwice([bad], [none]), [{ target: tcp.name }]);
    assert.equal(badTwice([none], [bad]).length, 1);
    assert.deepEqual(badTwice([none], [well]), []);
  });

  it("tell what was not well at first", () => {
    const told = formatFirst([column(tcp, "FAILED")]);
    assert.match(told, /^Not well at the first try:\nserver ours tcp 1\.1 FAILED, .*late$/);
  });
});
