/**
 * The programs that are attacked: ours on every adapter and runtime, and others.
 *
 * @module
 */
import { installWs } from "../../scripts/interop/peers.ts";
import { onRuntime } from "../../scripts/lib/on_runtime.ts";
import type { RuntimeName } from "../../scripts/lib/runtimes.ts";
import type { Program } from "./target.ts";
import type { AdapterName } from "./case.ts";

const COLLECTOR = {
  node24: ["--expose-gc"],
  deno: ["--v8-flags=--expose-gc"],
  bun: [],
} as const;
const RUNTIMES = ["node24", "deno", "bun"] as const;
const ADAPTERS: readonly AdapterName[] = ["tcp", "tls", "http", "node", "duplex", "native"];

type Attacked = keyof typeof COLLECTOR & RuntimeName;

async function ours(runtime: Attacked): Promise<readonly Program[]> {
  const { file, arguments: list } = await onRuntime(
    runtime,
    "tests/hostile/subject/main.ts",
    COLLECTOR[runtime],
  );
  return ADAPTERS.filter((adapter) => adapter !== "native" || runtime !== "node24")
    .map((adapter) => ({
      name: `${runtime.replace("node24", "node")} ${adapter}`,
      adapter,
      file,
      arguments: [...list, adapter],
    }));
}

async function clients(runtime: Attacked): Promise<readonly Program[]> {
  const { file, arguments: list } = await onRuntime(
    runtime,
    "tests/hostile/subject/client.ts",
    COLLECTOR[runtime],
  );
  return (["client", "client duplex"] as const).map((adapter) => ({
    name: `${runtime.replace("node24", "node")} ${adapter}`,
    adapter,
    file,
    arguments: [...list, adapter],
  }));
}

async function other(name: string, runtime: Attacked): Promise<Program> {
  const { file, arguments: list } = await onRuntime(
    runtime,
    "tests/hostile/subject/others.ts",
    COLLECTOR[runtime],
  );
  return { name, adapter: "other", file, arguments: [...list, name] };
}

let programs: Promise<readonly Program[]> | null = null;

/** All of them, ours first; installs what they need. */
export function listPrograms(): Promise<readonly Program[]> {
  return programs ??= (async () => {
    await installWs();
    const own = await Promise.all([...RUNTIMES.map(ours), ...RUNTIMES.map(clients)]);
    const others = [other("ws", "node24"), other("bun", "bun"), other("deno", "deno")];
    return [...own.flat(), ...await Promise.all(others)];
  })();
}
