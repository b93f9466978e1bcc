/**
 * The contract suites for the installed package: the same test files, whose imports of this
 * repository's sources become imports of the package. Without it the sources would be tested, and
 * not the files that are published.
 *
 * @module
 */
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { readConfig } from "../lib/deno_config.ts";
import { ROOT } from "../lib/runtimes.ts";

/** Test files of the adapter contract. They use only names that the package exports. */
export const SUITE: readonly string[] = [
  "tests/runtime/tcp_adapter_test.ts",
  "tests/runtime/http_adapter_test.ts",
  "tests/runtime/node/mount_test.ts",
  "tests/runtime/node/mount_sharing_test.ts",
  "tests/runtime/bun/mount_bun_test.ts",
  "tests/runtime/deno/mount_deno_test.ts",
  "tests/runtime/web/web_socket_test.ts",
  "tests/runtime/web/web_socket_closing_test.ts",
  "tests/runtime/web/web_socket_handler_test.ts",
  "tests/runtime/web/wrap_web_socket_test.ts",
  "tests/runtime/web/mount_test.ts",
];

/** Other files that the suite reads. */
const FIXTURES = "tests/helpers/tls/*.pem";

/** The entry point of the package that exports the names of a source file which is none itself. */
const ENTRY_OF: Readonly<Record<string, string>> = {
  "src/errors.ts": "",
  "src/handler.ts": "",
  "src/runtime/node/mount.ts": "/node",
  "src/runtime/bun/mount.ts": "/bun",
  "src/runtime/deno/mount.ts": "/deno",
  "src/testing/connection_pair.ts": "/testing",
  "src/testing/memory_transport.ts": "/testing",
  "src/testing/splitter.ts": "/testing",
  "src/testing/virtual_clock.ts": "/testing",
};

/** `import ... from "./..."`, `export ... from "../..."`. */
const RELATIVE_IMPORT = /^(import|export)( type)?\b([^;"]*?\bfrom )"(\.[^"]+)";/gm;

/** A test file that imports the package. */
export interface Rewritten {
  readonly source: string;
  /** The test files that it imports, relative to the repository. */
  readonly imports: readonly string[];
}

/** Turns imports of sources into imports of the package. */
export function rewriteImports(path: string, source: string, packageName: string): Rewritten {
  const imports: string[] = [];
  const rewritten = source.replaceAll(
    RELATIVE_IMPORT,
    (whole: string, keyword: string, type: string | undefined, names: string, to: string) => {
      const target = posix.join(posix.dirname(path), to);
      if (target.startsWith("tests/")) {
        if (type === undefined) imports.push(target);
        return whole;
      }
      if (type !== undefined) return ""; // types are gone when the tests run
      const entry = findEntry(target);
      if (entry === undefined) throw new Error(`${path}: the package does not export ${target}`);
      return `${keyword}${names}"${packageName}${entry}";`;
    },
  );
  const left = /["'](?:\.\.\/)+(?:src|mod\.ts|scripts)\b[^"']*/.exec(rewritten);
  if (left) throw new Error(`${path}: an import of ${left[0]} is left`);
  return { source: rewritten, imports };
}

/** Returns the text behind the package's name in an import of these names. */
function findEntry(target: string): string | undefined {
  const own = Object.entries(readConfig().exports).find(([, file]) => file === `./${target}`);
  return own === undefined ? ENTRY_OF[target] : own[0].slice(1);
}

/** Writes the suite, and all files that it imports, into a project. */
export function copySuite(folder: string, packageName: string): void {
  const files = new Set(SUITE);
  for (const file of files) { // grows while it is walked
    const source = readFileSync(join(ROOT, file), "utf8");
    const rewritten = rewriteImports(file, source, packageName);
    for (const path of rewritten.imports) files.add(path);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), rewritten.source);
  }
  for (const file of globSync(FIXTURES, { cwd: ROOT })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(folder, file));
  }
}
