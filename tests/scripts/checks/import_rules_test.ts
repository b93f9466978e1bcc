/** The rules between layers, held against small made-up graphs and sources. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  checkGraph,
  checkWords,
  isPortable,
  type ModuleImports,
} from "../../../scripts/checks/import_rules.ts";

/** A module that imports values. */
function values(path: string, ...targets: string[]): ModuleImports {
  return { path, imports: targets.map((target) => ({ target, typeOnly: false })) };
}

/** A module that imports types. */
function types(path: string, ...targets: string[]): ModuleImports {
  return { path, imports: targets.map((target) => ({ target, typeOnly: true })) };
}

function assertKept(...modules: ModuleImports[]): void {
  assert.deepEqual(checkGraph(modules), []);
}

function assertBroken(pattern: RegExp, ...modules: ModuleImports[]): void {
  const violations = checkGraph(modules);
  assert.equal(violations.length, 1, violations.join("\n"));
  assert.match(violations[0] ?? "", pattern);
}

describe("checkGraph", () => {
  it("lets each layer use those under it", () => {
    assertKept(
      values("mod.ts", "src/server/server.ts", "src/runtime/node/mod.ts"),
      values(
        "src/runtime/node/mod.ts",
        "node:net",
        "src/server/server.ts",
        "src/transport/transport.ts",
      ),
      values(
        "src/server/server.ts",
        "src/connection/connection.ts",
        "src/handshake/server_handshake.ts",
      ),
      values("src/connection/connection.ts", "src/protocol/mod.ts", "src/clock.ts"),
      values("src/protocol/mod.ts", "src/errors.ts"),
    );
  });

  it("keeps protocol and handshake apart, even in types", () => {
    assertBroken(
      /must not know handshake/,
      values("src/protocol/mask.ts", "src/handshake/head.ts"),
    );
    assertBroken(/must not know protocol/, types("src/handshake/head.ts", "src/protocol/mask.ts"));
  });

  it("lets nobody import outwards", () => {
    assertBroken(/must not know connection/, values("src/protocol/a.ts", "src/connection/a.ts"));
    assertBroken(/must not know server/, types("src/connection/a.ts", "src/server/server.ts"));
    assertBroken(
      /must not know runtime/,
      values("src/client/client.ts", "src/runtime/node/mod.ts"),
    );
    assertBroken(/must not know testing/, values("src/runtime/node/mod.ts", "src/testing/mod.ts"));
    assertBroken(/must not know entry point/, values("src/runtime/node/mod.ts", "mod.ts"));
  });

  it("lets a runtime know neither another one nor, in a browser's adapter, node: helpers", () => {
    assertBroken(
      /runtime\/bun must not know runtime\/deno/,
      values("src/runtime/bun/host.ts", "src/runtime/deno/host.ts"),
    );
    assertBroken(
      /runtime\/web must not know node_builtins/,
      values("src/runtime/web/mod.ts", "src/runtime/node_builtins/net.ts"),
    );
  });

  it("allows node: under runtime only", () => {
    assertBroken(/node: only/, values("src/server/server.ts", "node:net"));
    assertBroken(/node: only/, types("mod.ts", "node:http"));
  });

  it("allows nothing from outside", () => {
    for (
      const target of ["npm:ws", "jsr:@std/assert", "https://x.test/a.ts", "bun", "tests/a.ts"]
    ) {
      assertBroken(/depends on nothing outside/, types("src/runtime/bun/mod.ts", target));
    }
  });

  it("finds files without a layer", () => {
    assertBroken(/belongs to no layer/, values("src/util.ts"));
  });

  it("finds cycles, however long, of values and of types", () => {
    const [a, b, c] = ["src/protocol/a.ts", "src/protocol/b.ts", "src/protocol/c.ts"] as const;
    assertBroken(
      /cycle: .*a.ts -> .*b.ts -> .*c.ts -> .*a.ts$/,
      values(a, b),
      values(b, c),
      values(c, a),
    );
    assertBroken(/cycle: .*a.ts -> .*a.ts/, values(a, a));
    assertBroken(/cycle: .*a.ts -> .*b.ts -> .*a.ts/, values(a, b), types(b, a));
    assertKept(values(a, b), values(c, a, b));
  });
});

describe("checkWords", () => {
  const find = (path: string, source: string) => checkWords(path, source).length;

  it("finds runtime names in code, with their line", () => {
    assert.match(
      checkWords("src/server/server.ts", "const a = 1;\nDeno.cwd();")[0] ?? "",
      /ts:2 names Deno/,
    );
    assert.equal(find("src/server/server.ts", "(globalThis as { Bun?: X }).Bun"), 2);
    assert.equal(find("src/server/server.ts", "process.env; Buffer.from(a)"), 2);
    assert.equal(find("src/runtime/web/mod.ts", "Deno.cwd()"), 1);
  });

  it("overlooks comments, strings, other names, and adapters", () => {
    const source =
      '/* Deno\n Bun */ // process.env\n\'Deno\' + "Bun\\"Deno" + `Bun`; aDeno; this.process.x';
    assert.equal(find("src/server/server.ts", source), 0);
    assert.equal(find("src/runtime/node/mod.ts", "process.env; Buffer.from(a)"), 0);
  });

  it("keeps the protocol synchronous, timeless and without randomness", () => {
    for (
      const code of ["await x", "async () => {}", "setTimeout(f)", "Date.now()", "Math.random()"]
    ) {
      assert.equal(find("src/protocol/mask.ts", code), 1, code);
      assert.equal(find("src/clock.ts", code), 0, code);
    }
    assert.equal(find("src/protocol/mask.ts", "Math.min(awaited, updated) // await"), 0);
  });
});

describe("isPortable", () => {
  it("isPortable is true of all but adapters for one runtime and what loads them", () => {
    const paths = ["src/errors.ts", "src/testing/mod.ts", "src/runtime/web/mod.ts", "src/new.ts"];
    assert.ok(paths.every(isPortable));
    assert.ok(!isPortable("src/runtime/node/mod.ts") && !isPortable("mod.ts"));
  });
});
