/**
 * Tries our servers and clients against other implementations and prints one table. Without
 * it we would only ever agree with ourselves on what RFC 6455 says.
 *
 *     deno task test:interop [--only TEXT]
 *
 * `--only` runs the pairs whose name contains the text, `server deno tcp / python` for
 * example. Beyond Node and npm it needs Python 3 with pip, Go and Rust.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type Peer, preparePeers, TLS_FILES } from "./peers.ts";
import { onRuntime } from "../lib/on_runtime.ts";
import { formatTable } from "../lib/table.ts";
import { type Command, run, startServer, withArguments } from "../lib/process.ts";
import type { RuntimeName } from "../lib/runtimes.ts";

const RUNTIMES: readonly RuntimeName[] = ["node24", "deno", "bun"];
const CLIENT_MS = 300_000;
const MAX_FAILURE = 600; // characters of each that are printed

/** One of ours against one of theirs. */
interface Pair {
  /** Row of the table. */
  readonly ours: string;
  /** Column of the table. */
  readonly theirs: string;
  readonly server: Command;
  readonly client: Command;
  readonly isTls: boolean;
  /** Checks that one of the two has no means for. */
  readonly cannot: readonly string[];
  /** How many checks there are at least. */
  readonly checks: number;
}

interface Result {
  readonly passed: number;
  readonly failures: readonly string[];
}

async function listPairs(peers: readonly Peer[]): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (const runtime of RUNTIMES) {
    const server = await onRuntime(runtime, "tests/interop/our_server.ts");
    const client = await onRuntime(runtime, "tests/interop/our_client.ts");
    for (const isTls of [false, true]) {
      const scheme = isTls ? " tls" : "";
      for (const peer of peers.filter(({ hasTls }) => hasTls || !isTls)) {
        const common = { theirs: peer.name, isTls, checks: CHECKS };
        for (const adapter of ["tcp", "http"]) {
          if (peer.client === undefined) continue;
          pairs.push({
            ...common,
            ours: `server ${runtime} ${adapter}${scheme}`,
            server: withArguments(server, "--adapter", adapter),
            client: peer.client.command,
            cannot: peer.client.cannot,
          });
        }
        if (peer.server === undefined) continue;
        const { command, cannot } = peer.server;
        pairs.push({
          ...common,
          ours: `client ${runtime}${scheme}`,
          server: command,
          client,
          cannot,
        });
      }
    }
  }
  return pairs;
}

/** The same with compression, each with all parameters of the other. */
async function listDeflatePairs(peers: readonly Peer[]): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (const runtime of RUNTIMES) {
    const server = await onRuntime(runtime, "tests/interop/deflate/our_server.ts");
    const client = await onRuntime(runtime, "tests/interop/deflate/our_client.ts");
    for (const { name: theirs, deflate = {} } of peers) {
      const common = { theirs, isTls: false, cannot: [], checks: DEFLATE_CHECKS };
      const ours = (role: string): string => `${role} ${runtime} deflate`;
      if (deflate.client) {
        pairs.push({ ...common, ours: ours("server"), server, client: deflate.client });
      }
      if (deflate.server) {
        pairs.push({ ...common, ours: ours("client"), server: deflate.server, client });
      }
    }
  }
  return pairs;
}

async function runPair({ server, client, isTls, cannot, checks }: Pair): Promise<Result> {
  const { ca, cert, key } = TLS_FILES;
  const running = await startServer(isTls ? withArguments(server, "--tls", cert, key) : server);
  const failures: string[] = [];
  let passed = 0;
  const onLine = (line: string): void => {
    const [, word, rest = ""] = /^(ok|n\/a|FAIL) (.*)$/.exec(line) ?? [];
    if (word === "ok") passed++;
    else if (word === "FAIL") failures.push(rest);
    else if (word === "n/a" && !cannot.includes(rest)) failures.push(`${rest}: was not tried`);
  };
  const dialing = withArguments(client, running.url, ...(isTls ? [ca] : []));
  const ended = await run(dialing, CLIENT_MS, { onLine });
  const serverErrors = await running.stop();
  if (ended.code !== 0) failures.push(`the client ended with ${ended.code}\n${ended.errors}`);
  if (passed + failures.length < checks - cannot.length) failures.push("not all checks ran");
  if (failures.length > 0 && serverErrors !== "") failures.push(`server: ${serverErrors}`);
  return { passed, failures };
}

/** How many checks every client has. */
const CHECKS = 10;
/** How many combinations of parameters are tried at least: a native client has none of its own. */
const DEFLATE_CHECKS = 5;

async function main(args: string[]): Promise<number> {
  const { values: { only } } = parseArgs({ args, options: { only: { type: "string" } } });
  const peers = await preparePeers();
  const pairs = [...await listPairs(peers), ...await listDeflatePairs(peers)].filter(
    ({ ours, theirs }) => only === undefined || `${ours} / ${theirs}`.includes(only),
  );
  const rows = [...new Set(pairs.map(({ ours }) => ours))].sort();
  const columns = [...new Set(pairs.map(({ theirs }) => theirs))];
  const cells = new Map<string, string>();
  let passed = 0, failed = 0;
  const queue = [...pairs];
  const work = async (): Promise<void> => {
    for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
      const name = `${pair.ours} / ${pair.theirs}`;
      const result = await runPair(pair).catch((error): Result => ({
        passed: 0,
        failures: [String(error)],
      }));
      passed += result.passed;
      failed += result.failures.length;
      for (const failure of result.failures) {
        console.log(`FAIL ${name}: ${failure.slice(0, MAX_FAILURE)}`);
      }
      const { length } = result.failures;
      cells.set(name, length === 0 ? `${result.passed}` : `${result.passed}, ${length} failed`);
    }
  };
  await Promise.all([work(), work()]);
  const table = rows.map((ours) => [
    ours,
    ...columns.map((theirs) => cells.get(`${ours} / ${theirs}`) ?? "-"),
  ]);
  console.log(`\nChecks passed, ours by theirs:\n`);
  console.log(formatTable([["ours", ...columns], ...table]));
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
