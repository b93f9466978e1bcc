/** The checkers on made-up repositories, read with Deno's parser and compiler. @module */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { compileUser, emitDeclarations } from "../../../scripts/checks/declarations.ts";
import { checkRepository } from "../../../scripts/checks/imports.ts";
import { checkPortable } from "../../../scripts/checks/portable.ts";

const made: string[] = [];

/** Writes a repository of the given files. */
function makeRepository(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "fullduplex-fixture-"));
  made.push(root);
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), source);
  }
  return root;
}

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

describe("checkRepository", () => {
  it("tells value imports from type imports in every form", () => {
    const root = makeRepository({
      "src/errors.ts": "export class E {}\n",
      "src/protocol/a.ts": `export { E } from "../errors.ts";\nexport const a = 1;\n`,
      "src/handler.ts": `import type { E } from "./errors.ts";
export type U = E | import("./errors.ts").E;\n`,
      "src/connection/t.ts": `import { type U } from "../handler.ts";
import { a } from "../protocol/a.ts";
export type T = U; export const b: number = a;\n`,
      "mod.ts": `export type { T } from "./src/connection/t.ts";\n`,
    });
    assert.deepEqual(checkRepository(root), []);
  });

  it("finds every way of breaking in", () => {
    const root = makeRepository({
      "src/errors.ts": `export * from "./protocol/a.ts";\n`,
      "src/protocol/a.ts": `import { E } from "../errors.ts";
export const load = () => import("node:net"), e: E = new E();
export class E2 extends Deno.errors.NotFound {}\n`,
      "src/client/client.ts": `import "npm:ws";\nimport type { Server } from "bun";\n`,
    });
    const violations = checkRepository(root).join("\n");
    for (
      const pattern of [
        /errors.ts imports src\/protocol\/a.ts: ground must not know protocol/,
        /a.ts imports node:net: node: only/,
        /client.ts imports npm:ws: .*outside/,
        /client.ts imports bun: .*outside/,
        /cycle: src\/errors.ts -> src\/protocol\/a.ts -> src\/errors.ts/,
        /a.ts:3 names Deno/,
      ]
    ) assert.match(violations, pattern);
  });
});

describe("checkPortable", () => {
  it("passes code of the web platform", () => {
    const root = makeRepository({
      "src/ok.ts": `export const timer: unknown = setTimeout(() => {}, 1);
export async function drain(readable: ReadableStream<string>): Promise<void> {
  for await (const chunk of readable) console.log(chunk, crypto.randomUUID());
}\n`,
    });
    assert.equal(checkPortable(root, ["src/ok.ts"]), "");
  });

  for (
    const [name, code] of [
      ["Deno", "Deno.cwd()"],
      ["Bun", "Bun.version"],
      ["process", "process.argv"],
      ["Buffer", `Buffer.from("a")`],
      ["node:net", `await import("node:net")`],
    ] as const
  ) {
    it(`fails when a file names ${name}`, () => {
      const root = makeRepository({ "src/bad.ts": `export const a: unknown = ${code};\n` });
      assert.match(checkPortable(root, ["src/bad.ts"]), new RegExp(name));
    });
  }
});

describe("check:declarations", () => {
  const compiler = "5.4"; // the only one that complains while it emits
  const check = async (source: string) => {
    const root = makeRepository({ "mod.ts": source }), folder = makeRepository({});
    const checked = { root, name: "@made/up", exports: { ".": "./mod.ts" } };
    const emitted = await emitDeclarations(compiler, folder, checked);
    const used = await compileUser(compiler, folder, checked);
    return [emitted, used].map((lines) => lines.map((line) => /TS\d+/.exec(line)?.[0]));
  };

  it("refuses an exported alias of a runtime's global type, which dnt cannot emit", async () => {
    const [emitted] = await check("export type Conn = Deno.Conn;\n");
    assert.deepEqual(emitted, ["TS4081"]);
  });

  it("refuses a public type of a `node:` module, which users of other runtimes do not have", async () => {
    const source = `import type { Duplex } from "node:stream";\nexport type D = Duplex;\n`;
    assert.deepEqual(await check(source), [[], ["TS2307"]]);
  });

  it("lets function bodies use what only the runtime knows", async () => {
    const source = `import { Duplex } from "node:stream";
export function isDuplex(value: unknown): boolean { return value instanceof Duplex; }\n`;
    assert.deepEqual(await check(source), [[], []]);
  });
});
