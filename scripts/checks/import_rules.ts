/**
 * The layers of `src` as one table, and the functions that check imports and source texts against
 * it. Without it a folder could import any other, and none could be understood alone. Each boundary
 * is a folder, so that a new file needs no new rule.
 *
 * @module
 */

/** One import of a module. */
export interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  /** Whether it is a dynamic import. */
  readonly isLate?: boolean;
}

/** All imports of one module. Paths are relative to the repository, others are specifiers. */
export interface ModuleImports {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** A layer: folders, and the layers that they may import. Types count as imports. */
interface Layer {
  readonly name: string;
  /** Its paths. One that ends in `/` is a folder. */
  readonly paths: readonly string[];
  /** Layers that it may import besides itself. */
  readonly uses: readonly string[];
  /** Whether it may import `node:` modules and name the globals of a runtime. */
  readonly isBound?: true;
}

const BELOW_CONNECTION = ["ground", "handler", "protocol"];
const BELOW_FRAMED = [...BELOW_CONNECTION, "handshake", "transport", "connection"];
const BELOW_SIDES = [...BELOW_FRAMED, "framed"];
const BELOW_RUNTIMES = [...BELOW_SIDES, "native", "server", "client", "public"];
const BELOW_ENTRIES = [
  ...BELOW_RUNTIMES,
  "node_builtins",
  ...["bun", "deno", "node", "any", "web"].map((name) => `runtime/${name}`),
];
/** Entry points of their own. They stand on the main one, and on one another as listed. */
const FEATURES = {
  topics: [],
  observe: [],
  resume: [],
  reconnecting: ["resume"],
  hooks: ["topics"],
  websocket: [],
  ws: [],
  cli: ["observe", "reconnecting"],
} as const;

/** All layers, the lowest first. */
export const LAYERS: readonly Layer[] = [
  {
    name: "ground",
    paths: [
      "bytes",
      "errors",
      "message",
      "clock",
      "promises",
      "show_host",
      "response",
      "disposable",
      "defaults",
      "options",
    ].map((name) => `src/${name}.ts`),
    uses: [],
  },
  { name: "handler", paths: ["src/handler.ts", "src/contract.ts"], uses: ["ground"] },
  { name: "handshake", paths: ["src/handshake/"], uses: ["ground"] },
  { name: "protocol", paths: ["src/protocol/"], uses: ["ground"] },
  { name: "transport", paths: ["src/transport/"], uses: ["ground", "handshake"] },
  { name: "connection", paths: ["src/connection/"], uses: BELOW_CONNECTION },
  { name: "framed", paths: ["src/framed/"], uses: BELOW_FRAMED },
  { name: "native", paths: ["src/native/"], uses: [...BELOW_CONNECTION, "connection"] },
  { name: "server", paths: ["src/server/"], uses: BELOW_SIDES },
  { name: "client", paths: ["src/client/"], uses: BELOW_SIDES },
  { name: "public", paths: ["src/public.ts"], uses: [...BELOW_SIDES, "server", "client"] },
  {
    name: "node_builtins",
    paths: ["src/runtime/node_builtins/"],
    uses: BELOW_RUNTIMES,
    isBound: true,
  },
  ...["bun", "deno", "node"].map((name): Layer => ({
    name: `runtime/${name}`,
    paths: [`src/runtime/${name}/`],
    uses: [...BELOW_RUNTIMES, "node_builtins"],
    isBound: true,
  })),
  {
    name: "runtime/any",
    paths: ["src/runtime/any/"],
    uses: [...BELOW_RUNTIMES, "runtime/bun", "runtime/deno", "runtime/node"],
    isBound: true,
  },
  { name: "runtime/web", paths: ["src/runtime/web/"], uses: BELOW_RUNTIMES },
  { name: "testing", paths: ["src/testing/"], uses: [...BELOW_RUNTIMES, "websocket"] },
  { name: "entry point", paths: ["mod.ts"], uses: BELOW_ENTRIES },
  ...Object.entries(FEATURES).map(([name, others]): Layer => ({
    name,
    paths: [`src/${name}/`],
    uses: [...BELOW_ENTRIES, "entry point", ...others],
    ...name === "ws" || name === "cli" ? { isBound: true } : {},
  })),
];

/** The imports that break a rule, in words. */
export function checkGraph(modules: readonly ModuleImports[]): readonly string[] {
  const violations: string[] = [];
  for (const { path, imports } of modules) {
    const layer = findLayer(path);
    if (!layer) {
      violations.push(`${path} belongs to no layer; give it one in scripts/checks/import_rules.ts`);
      continue;
    }
    for (const { target } of imports) {
      const fault = findFault(layer, target);
      if (fault) violations.push(`${path} imports ${target}: ${fault}`);
    }
  }
  for (const cycle of findCycles(modules)) violations.push(`cycle: ${cycle.join(" -> ")}`);
  return violations;
}

/** Whether a file may use no name and no type of any runtime. */
export function isPortable(path: string): boolean {
  return path !== "mod.ts" && findLayer(path)?.isBound !== true;
}

function findLayer(path: string): Layer | undefined {
  return LAYERS.find(({ paths }) =>
    paths.some((own) => own.endsWith("/") ? path.startsWith(own) : path === own)
  );
}

function findFault(layer: Layer, target: string): string | undefined {
  if (target.startsWith("node:")) {
    return layer.isBound
      ? undefined
      : "node: only in runtime/{bun,deno,node,node_builtins}, ws, cli";
  }
  const other = findLayer(target);
  if (!other) return "the library depends on nothing outside its layers";
  if (other === layer || layer.uses.includes(other.name)) return undefined;
  return `${layer.name} must not know ${other.name}`;
}

/** Cycles of imports, types included: one for each import that leads back. */
function findCycles(modules: readonly ModuleImports[]): readonly (readonly string[])[] {
  const graph = new Map(
    modules.map(({ path, imports }) => [path, imports.map(({ target }) => target)]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return cycles;
}

const NOT_CODE =
  /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
const RUNTIME_NAME = /(?<![\w$])(?:Deno|Bun|Buffer)(?![\w$])|(?<![\w$.])process(?=\.)/g;
const IMPURE = new RegExp(
  [
    /\b(?:await|async)\b/,
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|Promise)\b/,
    /\b(?:crypto|performance|Date)\b/,
    /\bMath\.random\b/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/**
 * Names in a source text that its layer may not use: globals of a runtime, which a cast would hide
 * from the compiler, and in `protocol` everything asynchronous, timed or random.
 */
export function checkWords(path: string, source: string): readonly string[] {
  const code = source.replaceAll(NOT_CODE, (text) => text.replaceAll(/[^\n]/g, " "));
  const find = (pattern: RegExp, why: string) =>
    [...code.matchAll(pattern)].map(({ 0: word, index }) =>
      `${path}:${code.slice(0, index).split("\n").length} names ${word}: ${why}`
    );
  return [
    ...isPortable(path)
      ? find(RUNTIME_NAME, "runtimes only in runtime/{bun,deno,node,node_builtins}, ws, cli")
      : [],
    ...path.startsWith("src/protocol/")
      ? find(IMPURE, "the protocol is synchronous; time and randomness are parameters")
      : [],
  ];
}
