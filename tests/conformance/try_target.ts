/**
 * One target, all cases: Autobahn's and ours.
 *
 * @module
 */
import { type Command, startServer, withArguments } from "../../scripts/lib/process.ts";
import { type ClientFor, groupsOf, tryClient, tryServer } from "./autobahn.ts";
import { type Bridge, startBridge, startClientBridge } from "./bridge/start.ts";
import type { OwnCase } from "./own/case.ts";
import { writeOwnRuns } from "./own/pages.ts";
import { tryClientOurWay } from "./own/try_client.ts";
import { tryServerOurWay } from "./own/try_server.ts";
import type { Report } from "./report.ts";
import type { CaseResult } from "./result.ts";
import { isWanted, selectGroups } from "./select.ts";
import type { Target } from "./targets.ts";

/** The subject of a run. */
export interface Run {
  readonly driver: Command;
  readonly isQuick: boolean;
  /** Whether the large cases of 12 and 13 are tried on every adapter. */
  readonly isEverywhere: boolean;
  /** Ids of the cases to run, or beginnings of them; none for all. */
  readonly cases: readonly string[];
  readonly report: Report;
}

/** Tries one target; one that cannot be tried to the end gives that as its result. */
export async function tryTarget(target: Target, run: Run): Promise<readonly CaseResult[]> {
  return await tryAllCases(target, run).catch(toBrokenRun);
}

async function tryAllCases(target: Target, run: Run): Promise<readonly CaseResult[]> {
  const folder = await run.report.startTarget(target.name);
  const isQuick = run.isQuick || target.isShort === true;
  const groups = selectGroups(groupsOf({ isQuick, deflate: deflateOf(target, run) }), run.cases);
  const isTried = (tried: OwnCase): boolean =>
    isWanted(tried.id, run.cases) &&
    (target.through === undefined || tried.kind === "open") &&
    (target.deflate !== "none" || !(tried.kind === "open" && tried.needsDeflate));
  const autobahn = { driver: run.driver, groups, folder };
  if (target.role === "client") {
    return await withClientBridge(target, async (via) => {
      const clientOf = (command: Command): ClientFor => (url, ...options) =>
        withArguments(command, via(url), ...options);
      const results = await tryClient(autobahn, clientOf(target.forLarge));
      const own = await tryClientOurWay(clientOf(target.forOwn), isTried);
      return [...results, ...await writeOwnRuns(target, folder, own)];
    });
  }
  const { through, forLarge, forOwn } = target;
  const results = groups.length === 0
    ? []
    : await withServer(forLarge, { through, use: ({ url }) => tryServer(autobahn, url) });
  const own = await withServer(forOwn, {
    through,
    use: (server) => tryServerOurWay(server, isTried),
  });
  return [...results, ...await writeOwnRuns(target, folder, own)];
}

/** Tells where a client connects for a server of the cases. */
async function withClientBridge<Result>(
  { through }: Target,
  use: (via: (serverUrl: string) => string) => Promise<Result>,
): Promise<Result> {
  if (through === undefined) return await use((url) => url);
  const bridge = await startClientBridge();
  try {
    return await use(bridge.via);
  } finally {
    await bridge.stop();
  }
}

function deflateOf(target: Target, run: Run): Target["deflate"] {
  if (target.deflate === "none") return "none";
  if (run.isQuick && target.through !== undefined) return "none"; // the codec is the sockets'
  if (run.isQuick || target.isShort) return "small";
  return run.isEverywhere ? "all" : target.deflate;
}

async function withServer<Result>(
  command: Command,
  { through, use }: {
    through: Target["through"];
    use(server: { url: string; pid: number }): Promise<Result>;
  },
): Promise<Result> {
  const server = await startServer(command);
  let bridge: Bridge | null = null;
  try {
    if (through !== undefined) bridge = await startBridge(through, server.url);
    const working = use({ url: bridge?.url ?? server.url, pid: server.pid });
    const ended = server.ended.then((how): never => {
      throw new Error(`the server ended with ${how}`);
    });
    return await Promise.race([working, ended]);
  } catch (cause) {
    const errors = (await server.stop()).slice(-1_000);
    throw new Error(`${(cause as Error).message}\n${errors}`, { cause });
  } finally {
    await bridge?.stop();
    await server.stop();
  }
}

/** Most likely it crashed. */
function toBrokenRun(error: unknown): readonly CaseResult[] {
  const why = error instanceof Error ? error.message : String(error);
  console.error(why);
  const title = "is tried to the end";
  return [{ id: "run.1", title, behavior: "ERROR", close: "FAILED", why, ms: 0, page: "" }];
}
