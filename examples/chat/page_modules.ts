/**
 * The page's modules as a browser takes them: types are stripped when the server starts, so that
 * nothing has to be built. A project of your own has a bundler for this.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import * as nodeModule from "node:module";

/** As much of Bun's types as this needs; Bun has no `stripTypeScriptTypes`. */
interface BunTranspiler {
  readonly Transpiler: new (options: { readonly loader: "ts" }) => {
    transformSync(code: string): string;
  };
}
declare const Bun: BunTranspiler;

const RELATIVE_IMPORT = /(?:^|\s)(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/**
 * Reads a module and all that it imports. Gives their JavaScript by the path of their URL, if
 * `root` is the root of the site. Nothing else of that folder can be asked for.
 */
export async function readModules(entry: URL, root: URL): Promise<ReadonlyMap<string, string>> {
  const modules = new Map<string, string>();
  const waiting = new Set([entry.href]);
  for (const href of waiting) {
    const source = await readFile(new URL(href), "utf8");
    const code = href.endsWith(".ts") ? strip(source) : source;
    modules.set(`/${href.slice(root.href.length)}`, code);
    for (const [, path = ""] of code.matchAll(RELATIVE_IMPORT)) {
      waiting.add(new URL(path, href).href);
    }
  }
  return modules;
}

function strip(source: string): string {
  return "Bun" in globalThis
    ? new Bun.Transpiler({ loader: "ts" }).transformSync(source)
    : nodeModule.stripTypeScriptTypes(source);
}
