/**
 * Without this check a type of Deno, Bun or Node would slip into a declaration that is published:
 * the package build by dnt stops on it (TS4081), and a user without the types of that runtime
 * gets compiler errors from inside of the package.
 *
 * Each compiler emits the declarations of all entry points with the types of ECMAScript and DOM
 * alone, and then compiles a user's file against them, with `skipLibCheck: false`, no `types` and
 * the `lib` of 2022.
 *
 *     deno task check:declarations
 *
 * @module
 */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readConfig } from "../lib/deno_config.ts";
import { Faults } from "../lib/faults.ts";
import { run } from "../lib/process.ts";
import { findRuntime, install, ROOT } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";

/**
 * The oldest compiler that users may have, the last two that are written in JavaScript, and the
 * newest. Only the oldest complains of a private name while it emits (TS4081); the others write
 * the name down, and fail on it in the user's file.
 */
const COMPILERS = ["5.4", "5.9", "6.0", "7.0"];
const COMPILE_MS = 300_000;

/**
 * Complaints about declarations that cannot be written: a private name (4000 to 4110), or a type
 * that has no name or is too long. All other complaints of this step are about function bodies,
 * in which the `node:` modules are unknown here.
 */
const ABOUT_DECLARATIONS =
  /error TS(?:40\d\d|410\d|4110|2527|2742|2883|7056|90\d\d|5\d\d\d|6\d\d\d):/;

/**
 * Entry points that are for programs on Node's own modules, as `ws` is: their classes extend
 * Node's, so their declarations need `@types/node`. `task test:package` compiles them with it.
 */
const OF_NODE: ReadonlySet<string> = new Set(["./ws"]);

const COMMON_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  module: "esnext",
  moduleResolution: "bundler",
  types: [],
} as const;

/** A package to check: its folder, its name, and its entry points as `deno.json` lists them. */
export interface CheckedPackage {
  readonly root: string;
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

/** Runs one compiler in `folder`. Returns its complaints. */
async function compile(
  version: string,
  folder: string,
  config: { readonly compilerOptions: object; readonly files: readonly string[] },
): Promise<readonly string[]> {
  const tools = join(ROOT, ".cache", `typescript@${version}`);
  if (!existsSync(tools)) await install(`typescript@${version}`, tools);
  const path = join(folder, "tsconfig.json");
  writeFileSync(path, JSON.stringify(config));
  const tsc = join(tools, "node_modules", "typescript", "bin", "tsc");
  const { path: node } = await findRuntime("node24");
  const { code, output, errors } = await run(
    { file: node, arguments: [tsc, "--pretty", "false", "-p", path] },
    COMPILE_MS,
  );
  if (code === null || errors !== "") {
    throw new Error(`tsc ${version}: ${errors || "took too long"}`);
  }
  return output.split("\n").filter((line) => line.includes("error TS"));
}

/**
 * Emits the declarations of a package into `folder`. Returns the complaints about declarations.
 */
export async function emitDeclarations(
  version: string,
  folder: string,
  { root, exports }: CheckedPackage,
): Promise<readonly string[]> {
  const complaints = await compile(version, folder, {
    compilerOptions: {
      ...COMMON_OPTIONS,
      target: "esnext",
      lib: ["esnext", "dom", "dom.iterable"],
      declaration: true,
      emitDeclarationOnly: true,
      allowImportingTsExtensions: true,
      rootDir: root,
      outDir: folder,
    },
    files: Object.values(exports).map((entry) => join(root, entry)),
  });
  for (const file of globSync("**/*.d.ts", { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8"); // both package builders write `.js`, too
    writeFileSync(path, text.replaceAll(/(["'])(\.[^"'\n]*)\.ts\1/g, "$1$2.js$1"));
  }
  return complaints.filter((line) => ABOUT_DECLARATIONS.test(line));
}

/** Compiles a file that imports every entry point, against declarations that were emitted. */
export async function compileUser(
  version: string,
  folder: string,
  { name, exports }: CheckedPackage,
): Promise<readonly string[]> {
  const paths = Object.fromEntries(
    Object.entries(exports).map(([entry, path]) =>
      [entry.replace(".", name), [path.replace(/\.ts$/, ".d.ts")]] as const
    ),
  );
  const lines = Object.keys(paths).map((entry, index) =>
    `import * as entry${index} from "${entry}";\nexport const used${index} = entry${index};\n`
  );
  writeFileSync(join(folder, "user.ts"), lines.join(""));
  return await compile(version, folder, {
    compilerOptions: {
      ...COMMON_OPTIONS,
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      noEmit: true,
      paths,
    },
    files: ["user.ts"],
  });
}

if (import.meta.main) {
  const config = readConfig();
  const portable = Object.entries(config.exports).filter(([entry]) => !OF_NODE.has(entry));
  const checked = { root: ROOT, ...config, exports: Object.fromEntries(portable) };
  const faults = new Faults();
  const rows: string[][] = [];
  const work = mkdtempSync(join(tmpdir(), "fullduplex-declarations-"));
  try {
    for (const version of COMPILERS) {
      const folder = join(work, version);
      mkdirSync(folder);
      const row = [version];
      for (const step of [emitDeclarations, compileUser]) {
        const complaints = await step(version, folder, checked);
        const what = `${step.name}, TypeScript ${version}`;
        row.push(complaints.length === 0 ? "passed" : faults.note(what, complaints.join("\n")));
      }
      rows.push(row);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(formatTable([["TypeScript", "emitted", "user's file"], ...rows]));
  faults.print();
  if (faults.count > 0) process.exit(1);
}
