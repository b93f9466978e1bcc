/**
 * The npm package as data: name, version, license and entry points from `deno.json`, and the fields
 * that only npm has. Without it `build_npm.ts` and `pack.ts` would make two packages that differ.
 *
 * @module
 */
import type { DenoConfig } from "../lib/deno_config.ts";

/** Fields that `deno.json` does not have. */
export const METADATA = {
  description:
    "WebSockets for every JavaScript runtime: one handler, server and client, on Deno, Bun and Node, and the same client in browsers",
  keywords: [
    "websocket",
    "websockets",
    "ws",
    "rfc6455",
    "permessage-deflate",
    "server",
    "client",
    "backpressure",
    "deno",
    "bun",
    "node",
    "browser",
  ],
  homepage: "https://github.com/fullduplex/websocket#readme",
  repository: { type: "git", url: "git+https://github.com/fullduplex/websocket.git" },
  bugs: { url: "https://github.com/fullduplex/websocket/issues" },
  type: "module",
  sideEffects: false,
  engines: { node: ">=22.18" },
} as const;

/**
 * The entry point that `.` means under each condition of `exports`, so that a bundle has one
 * adapter and no import of another. In a browser `.` is `./web/client`: its `connect` is the same,
 * and it has no `serve`, which the bundler reports.
 */
export const MAIN_CONDITIONS = {
  browser: "./web/client",
  deno: "./deno",
  bun: "./bun",
  node: "./node",
} as const;

/**
 * The same for entry points that stand on the `connect` of `.`: in a browser they stand on that of
 * `./web`.
 */
const FEATURE_CONDITIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "./reconnecting": { browser: "./reconnecting/web" },
};

/** Files beside the code. */
export const DOCUMENTS = ["README.md", "LICENSE", "CHANGELOG.md"] as const;

/** Where the package is made, relative to the repository. */
export const PACKAGE_FOLDER = "npm";

/** The targets of one entry point, in the order in which they are tried. */
export type ExportTargets = Readonly<Record<string, string>>;

/** A `package.json`. */
export interface PackageJson extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, ExportTargets>>;
}

/**
 * Makes the `package.json`.
 *
 * @param config The contents of `deno.json`.
 * @param codeFolder Where in the package `mod.js` and `src` are: `.` or, as dnt has it, `./esm`.
 */
export function makePackageJson(config: DenoConfig, codeFolder: "." | "./esm"): PackageJson {
  const { name, version, license } = config;
  const to = (path: string, extension: string) =>
    path.replace(/^\./, codeFolder).replace(/\.ts$/, extension);
  const exports = Object.fromEntries(
    Object.entries(config.exports).map(([entry, path]) => [
      entry,
      {
        types: to(path, ".d.ts"), // TypeScript takes the first target that fits
        ...targetsOf(entry, config, (source) => to(source, ".js")),
        default: to(path, ".js"),
      },
    ]),
  );
  const { description, keywords, homepage, repository, bugs, ...rest } = METADATA;
  return {
    name,
    version,
    description,
    keywords,
    homepage,
    repository,
    bugs,
    license,
    ...rest,
    main: exports["."]?.default, // for tools that know no `exports`
    types: exports["."]?.types,
    browser: exports["./web"]?.default, // for bundlers that read it before `main`, as Parcel does
    bin: { websocket: exports["./cli"]?.default },
    exports,
  };
}

function targetsOf(
  name: string,
  config: DenoConfig,
  toCode: (path: string) => string,
): ExportTargets {
  const conditions = name === "." ? MAIN_CONDITIONS : FEATURE_CONDITIONS[name] ?? {};
  return Object.fromEntries(
    Object.entries(conditions).map(([condition, entry]) => {
      const path = config.exports[entry];
      if (path === undefined) throw new Error(`deno.json does not export ${entry}`);
      return [condition, toCode(path)];
    }),
  );
}

/** The options of dnt that are used here, as its documentation describes them. */
export interface DntOptions {
  readonly entryPoints: readonly { readonly name: string; readonly path: string }[];
  readonly outDir: string;
  readonly shims: Readonly<Record<string, never>>;
  readonly test: boolean;
  readonly typeCheck: false;
  readonly declaration: "inline";
  readonly declarationMap: boolean;
  readonly esModule: boolean;
  readonly scriptModule: false;
  readonly skipNpmInstall: boolean;
  readonly skipSourceOutput: boolean;
  readonly compilerOptions: { readonly target: "Latest"; readonly lib: readonly string[] };
  readonly package: PackageJson;
}

/** The options with which `build_npm.ts` calls dnt. */
export function makeDntOptions(config: DenoConfig): DntOptions {
  return {
    entryPoints: Object.entries(config.exports).map(([name, path]) => ({ name, path })),
    outDir: `./${PACKAGE_FOLDER}`,
    shims: {}, // the main entry point finds out which runtime it is on
    test: false, // `task test:package` tests what is made here, on every runtime
    // dnt knows the names of Node only; `task check` has checked the sources, and
    // `task test:package` checks the declarations against a user's file.
    typeCheck: false,
    declaration: "inline",
    declarationMap: false, // they would point to sources that are not published
    esModule: true,
    scriptModule: false, // Node 22 and later `require` ES modules
    skipNpmInstall: true, // there is nothing to install
    skipSourceOutput: true,
    // For any older target dnt adds polyfills, among them one for each `cause` of an error.
    compilerOptions: { target: "Latest", lib: ["ESNext", "DOM", "DOM.Iterable"] },
    package: makePackageJson(config, "./esm"),
  };
}
