/**
 * Runs our cases against a server.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import type { OpenCase, OwnCase, RequestCase, Verdict } from "./case.ts";
import { failed } from "./case.ts";
import { CLOSES } from "./close_cases.ts";
import { SERVER_CVES } from "./cve_cases.ts";
import { FRAMES } from "./frame_cases.ts";
import { HEADS } from "./head_cases.ts";
import { INTERLEAVED } from "./interleaved_cases.ts";
import { REQUESTS, statusOf, writeRequest } from "./request_cases.ts";
import { Unexpected, Wire } from "./wire.ts";

/** A case that was run. */
export interface OwnRun {
  readonly tried: OwnCase;
  readonly verdict: Verdict;
  readonly wire: Wire | null;
  readonly ms: number;
}

/** Where the server is. */
export interface ServerUnderTest {
  readonly url: string;
  readonly pid: number;
}

/** Which cases are wanted. */
export type Filter = (tried: OwnCase) => boolean;

const ALL: readonly OwnCase[] = [
  ...REQUESTS,
  ...HEADS,
  ...FRAMES,
  ...CLOSES,
  ...INTERLEAVED,
  ...SERVER_CVES,
];

/** Most cases of a poor target wait for what never comes. */
export const PARALLEL = 6;

/** Whether a case watches memory, which nothing else may use meanwhile. */
export function isLarge({ id }: OwnCase): boolean {
  return id.startsWith("cve.");
}

const isForServers = (tried: OwnCase): tried is OpenCase | RequestCase =>
  tried.kind === "request" || tried.kind === "open" && tried.target !== "client";

/** All cases for servers. */
export const SERVER_CASES: readonly (OpenCase | RequestCase)[] = ALL.filter(isForServers);

/** Runs all cases, those that watch memory one by one. */
export async function tryServerOurWay(
  server: ServerUnderTest,
  isWanted: Filter,
): Promise<readonly OwnRun[]> {
  const wanted = SERVER_CASES.filter(isWanted);
  const runs: OwnRun[] = [];
  const small = wanted.filter((tried) => !isLarge(tried));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < small.length) {
      const at = next++;
      runs[at] = await runCase(small[at]!, server);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  for (const tried of wanted.filter(isLarge)) runs.push(await runCase(tried, server));
  return runs;
}

async function runCase(tried: OpenCase | RequestCase, server: ServerUnderTest): Promise<OwnRun> {
  const start = performance.now();
  const { hostname, port } = new URL(server.url.replace(/^ws/, "http"));
  const wire = new Wire(connect({ host: hostname, port: Number(port) }));
  try {
    const verdict = tried.kind === "request"
      ? await tried.run(wire)
      : await runOpen(tried, wire, server.pid);
    return { tried, verdict, wire, ms: Math.round(performance.now() - start) };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const verdict = failed("MUST", error.message);
    return { tried, verdict, wire, ms: Math.round(performance.now() - start) };
  } finally {
    wire.drop();
  }
}

async function runOpen(tried: OpenCase, wire: Wire, pid: number): Promise<Verdict> {
  wire.write(writeRequest({ lines: tried.fields?.map((line) => `${line}\r\n`).join("") ?? "" }));
  const head = await wire.head();
  if (head === null || statusOf(head) !== 101) return failed("MUST", "the server did not open");
  return await tried.run({
    wire,
    role: "client",
    head,
    residentBytes: () => residentBytes(pid),
  });
}

/** Memory of a process, where the system tells it without a program of its own. */
export function residentBytes(pid: number): number | null {
  if (process.platform !== "linux") return null;
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1_024;
  } catch {
    return null; // the process has ended
  }
}
