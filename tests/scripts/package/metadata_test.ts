/** The npm package as data, held against `deno.json`. @module */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readConfig } from "../../../scripts/lib/deno_config.ts";
import {
  DOCUMENTS,
  MAIN_CONDITIONS,
  makeDntOptions,
  makePackageJson,
} from "../../../scripts/package/metadata.ts";
import { ROOT } from "../../../scripts/lib/runtimes.ts";

const config = readConfig();

describe("makePackageJson", () => {
  const packageJson = makePackageJson(config, ".");

  it("has the name, version, license and entry points of deno.json", () => {
    const { name, version, license, exports } = packageJson;
    assert.deepEqual([name, version, license], [config.name, config.version, config.license]);
    assert.deepEqual(Object.keys(exports), Object.keys(config.exports));
    for (const [entry, path] of Object.entries(config.exports)) {
      assert.equal(exports[entry]?.default, path.replace(/\.ts$/, ".js"));
      assert.equal(exports[entry]?.types, path.replace(/\.ts$/, ".d.ts"));
    }
  });

  it("names types first and the default last", () => {
    for (const targets of Object.values(packageJson.exports)) {
      const conditions = Object.keys(targets);
      assert.equal(conditions[0], "types");
      assert.equal(conditions.at(-1), "default");
    }
  });

  it("gives who says what it builds for the adapter of that", () => {
    const { types, default: otherwise, ...targets } = packageJson.exports["."]!;
    assert.deepEqual([types, otherwise], ["./mod.d.ts", "./mod.js"]);
    assert.deepEqual(Object.keys(targets), Object.keys(MAIN_CONDITIONS));
    for (const [condition, entry] of Object.entries(MAIN_CONDITIONS)) {
      assert.equal(targets[condition], packageJson.exports[entry]?.default);
    }
  });

  it("gives browsers a reconnecting that stands on ./web", () => {
    const { exports } = packageJson;
    assert.equal(exports["./reconnecting"]?.browser, exports["./reconnecting/web"]?.default);
  });

  it("makePackageJson is complete, and depends on nothing", () => {
    for (const name of ["description", "keywords", "repository", "engines", "homepage", "bugs"]) {
      assert.ok(packageJson[name], name);
    }
    assert.equal(packageJson.type, "module");
    assert.equal(packageJson.sideEffects, false);
    assert.deepEqual(
      Object.keys(packageJson).filter((name) => /dependencies|scripts/i.test(name)),
      [],
    );
  });

  it("fails when a condition stands for what is not exported", () => {
    assert.throws(
      () => makePackageJson({ ...config, exports: { ".": "./mod.ts" } }, "."),
      /browser|web/,
    );
  });
});

describe("makeDntOptions", () => {
  const options = makeDntOptions(config);

  it("has the entry points of deno.json, each of which is there", () => {
    const entries = options.entryPoints.map(({ name, path }) => [name, path]);
    assert.deepEqual(Object.fromEntries(entries), config.exports);
    for (const { path } of options.entryPoints) assert.ok(existsSync(join(ROOT, path)), path);
  });

  it("has the same package.json as deno pack, but for the folder of the code", () => {
    const text = JSON.stringify(makePackageJson(config, ".")).replaceAll(
      /"\.\/((?:mod|src\/)[^"]*)"/g,
      '"./esm/$1"',
    );
    assert.deepEqual(options.package, JSON.parse(text));
    assert.equal(options.package.version, config.version);
  });

  it("asks for ES modules and types, and nothing more", () => {
    const { shims, scriptModule, esModule, declaration, test, skipSourceOutput } = options;
    assert.deepEqual(shims, {});
    assert.deepEqual([scriptModule, esModule, declaration], [false, true, "inline"]);
    assert.deepEqual([test, skipSourceOutput], [false, true]);
    assert.equal(options.compilerOptions.target, "Latest"); // else there are polyfills
  });
});

describe("documents of the package", () => {
  it("are there", () => {
    for (const name of DOCUMENTS) assert.ok(existsSync(join(ROOT, name)), name);
  });
});
