/**
 * The rules between the rooms of the house as one table, and the functions that hold a
 * module graph and a source text against it.
 *
 * @module
 */

/** One import of a module. */
export interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  /** Whether it is loaded only when the code comes to it. */
  readonly isLate?: boolean;
}

/** What one module imports. Paths are relative to the repository, others are specifiers. */
export interface ModuleImports {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** A part of the house. */
interface Room {
  readonly name: string;
  /** Paths that belong to it; one that ends in `/` is a folder. */
  readonly paths: readonly string[];
  /** Rooms whose values it may use, besides its own. */
  readonly uses: readonly string[];
  /** Rooms of which it may name types only. */
  readonly namesTypesOf?: readonly string[];
}

/** Each room may use those before it, as far as its row says. */
export const ROOMS: readonly Room[] = [
  { name: "errors", paths: ["src/errors.ts"], uses: [] },
  {
    name: "protocol",
    paths: ["src/protocol/"],
    uses: ["errors"],
    namesTypesOf: ["handler"], // kinds of messages
  },
  { name: "handshake", paths: ["src/handshake/"], uses: ["errors"] },
  {
    name: "handler",
    paths: ["src/handler.ts"],
    uses: ["errors"],
    namesTypesOf: ["connection"], // where the other end is: `Address`
  },
  {
    name: "connection",
    paths: ["src/connection/"],
    uses: ["errors", "protocol", "handshake", "handler"],
  },
  {
    name: "server and client",
    paths: ["src/server/", "src/client/"],
    uses: ["errors", "protocol", "handshake", "handler", "connection"],
  },
  {
    name: "public", // what all entry points offer
    paths: ["src/public.ts"],
    uses: ["errors", "protocol", "handshake", "handler", "connection", "server and client"],
  },
  {
    name: "testing",
    paths: ["src/testing/"],
    uses: ["errors", "protocol", "handshake", "handler", "connection", "server and client"],
  },
  {
    name: "runtime",
    paths: ["src/runtime/"],
    uses: [
      "public",
      "errors",
      "protocol",
      "handshake",
      "handler",
      "connection",
      "server and client",
    ],
  },
  {
    name: "entry point",
    paths: ["mod.ts"],
    uses: [
      "errors",
      "handler",
      "protocol",
      "handshake",
      "connection",
      "server and client",
      "public",
      "runtime",
    ],
  },
];

/** Everything in the graph that breaks a rule, in words. */
export function checkGraph(modules: readonly ModuleImports[]): readonly string[] {
  const violations: string[] = [];
  for (const { path, imports } of modules) {
    const room = findRoom(path);
    if (!room) {
      violations.push(`${path} belongs to no room; give it one in scripts/import_rules.ts`);
      continue;
    }
    for (const { target, typeOnly } of imports) {
      const fault = findFault(room, target, typeOnly);
      if (fault) violations.push(`${path} imports ${target}: ${fault}`);
    }
  }
  for (const cycle of findCycles(modules)) violations.push(`cycle: ${cycle.join(" -> ")}`);
  return violations;
}

/** Whether a file must do without any runtime: all but the adapters that are for one of them. */
export function isPortable(path: string): boolean {
  const room = findRoom(path)?.name;
  return (room !== "runtime" && room !== "entry point") || path.startsWith("src/runtime/web") ||
    path === "src/runtime/native_wire.ts";
}

function findRoom(path: string): Room | undefined {
  return ROOMS.find(({ paths }) =>
    paths.some((own) => own.endsWith("/") ? path.startsWith(own) : path === own)
  );
}

function findFault(room: Room, target: string, typeOnly: boolean): string | undefined {
  if (target.startsWith("node:")) {
    return room.name === "runtime" ? undefined : "node: only under src/runtime";
  }
  const other = findRoom(target);
  if (!other) return "the library depends on nothing outside its rooms";
  if (other === room || room.uses.includes(other.name)) return undefined;
  if (typeOnly && room.namesTypesOf?.includes(other.name)) return undefined;
  return `${room.name} must not know ${other.name}`;
}

/** One cycle of value imports per place where following them leads back. */
function findCycles(modules: readonly ModuleImports[]): readonly (readonly string[])[] {
  const graph = new Map(modules.map(({ path, imports }) => [
    path,
    imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
  ]));
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
 * Names in a source text that its room must not know: a runtime's globals (which a cast
 * would hide from the compiler), and in `protocol` whatever waits, ticks or draws lots.
 */
export function checkWords(path: string, source: string): readonly string[] {
  const code = source.replaceAll(NOT_CODE, (text) => text.replaceAll(/[^\n]/g, " "));
  const find = (pattern: RegExp, why: string) =>
    [...code.matchAll(pattern)].map(({ 0: word, index }) =>
      `${path}:${code.slice(0, index).split("\n").length} names ${word}: ${why}`
    );
  return [
    ...isPortable(path) ? find(RUNTIME_NAME, "runtimes only under src/runtime") : [],
    ...path.startsWith("src/protocol/")
      ? find(IMPURE, "the protocol is synchronous; time and randomness are parameters")
      : [],
  ];
}
