/**
 * Runs our cases against a client: a server that speaks the language of Autobahn's
 * (`/getCaseCount`, `/runCase`, `/updateReports`), so that one client program does for both.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { type Ended, run } from "../../../scripts/lib/process.ts";
import type { OpenCase, OwnCase, ResponseCase, Verdict } from "./case.ts";
import { failed } from "./case.ts";
import { CLOSES } from "./close_cases.ts";
import { CLIENT_CVES } from "./cve_cases.ts";
import { CLOSE, closePayload, frame, TEXT } from "./frame.ts";
import { FRAMES } from "./frame_cases.ts";
import { INTERLEAVED } from "./interleaved_cases.ts";
import { RESPONSE_HEADS, RESPONSES, writeResponse } from "./response_cases.ts";
import type { ClientFor } from "../autobahn.ts";
import { type Filter, isLarge, type OwnRun, PARALLEL, residentBytes } from "./try_server.ts";
import { Unexpected, Wire } from "./wire.ts";

type ClientCase = OpenCase | ResponseCase;

const ALL: readonly OwnCase[] = [
  ...RESPONSES,
  ...RESPONSE_HEADS,
  ...FRAMES,
  ...CLOSES,
  ...INTERLEAVED,
  ...CLIENT_CVES,
];
const RUN_MS = 600_000;

const isForClients = (tried: OwnCase): tried is ClientCase =>
  tried.kind === "response" || tried.kind === "open" && tried.target !== "server";

/** All cases for clients. */
export const CLIENT_CASES: readonly ClientCase[] = ALL.filter(isForClients);

/** Runs all cases, those that watch memory one by one. */
export async function tryClientOurWay(
  client: ClientFor,
  isWanted: Filter,
): Promise<readonly OwnRun[]> {
  const wanted = CLIENT_CASES.filter(isWanted);
  const small = wanted.filter((tried) => !isLarge(tried));
  const parallel: ClientFor = (url) => client(url, "--parallel", String(PARALLEL));
  const runs = await runAll(parallel, small) ?? await runOneByOne(client, small);
  return [...runs, ...await runOneByOne(client, wanted.filter(isLarge))];
}

/** Runs all cases at once as far as the client can; `null` if it breaks off. */
async function runAll(
  client: ClientFor,
  cases: readonly ClientCase[],
): Promise<readonly OwnRun[] | null> {
  const host = new CaseHost(cases);
  await run(client(await host.listen()), RUN_MS);
  const done = await host.close();
  const order = (each: OwnRun) => cases.findIndex(({ id }) => id === each.tried.id);
  return host.hasReported ? [...done].sort((a, b) => order(a) - order(b)) : null;
}

/** A client that breaks off is started again behind the case that broke it. */
async function runOneByOne(
  client: ClientFor,
  wanted: readonly ClientCase[],
): Promise<readonly OwnRun[]> {
  const runs: OwnRun[] = [];
  while (runs.length < wanted.length) {
    const host = new CaseHost(wanted.slice(runs.length));
    const url = await host.listen();
    const ended = await run(client(url), RUN_MS, {
      onStart: (pid) => host.pid = pid,
    });
    const done = await host.close();
    if (host.hasReported) return [...runs, ...done];
    runs.push(...done.slice(0, -1), broken(done.at(-1), wanted[runs.length]!, ended));
  }
  return runs;
}

/** The client ended in this case, or before it. */
function broken(last: OwnRun | undefined, next: OwnCase, { code, errors }: Ended): OwnRun {
  const why = `the client ended with ${code}: ${errors.slice(-300)}`;
  const { tried, wire, ms } = last ?? { tried: next, wire: null, ms: 0 };
  return { tried, wire, ms, verdict: failed("MUST", why) };
}

/** Serves the cases to one run of a client. */
class CaseHost {
  /** Process of the client. */
  pid = 0;
  /** Whether the client has been through all cases. */
  hasReported = false;
  readonly #cases: readonly ClientCase[];
  readonly #runs: Promise<OwnRun>[] = [];
  readonly #tried = new Set<ClientCase>();
  readonly #server: Server;

  constructor(cases: readonly ClientCase[]) {
    this.#cases = cases;
    this.#server = createServer((socket) => void this.#accept(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<readonly OwnRun[]> {
    this.#server.close();
    return await Promise.all(this.#runs);
  }

  async #accept(socket: Socket): Promise<void> {
    const wire = new Wire(socket);
    const request = await wire.head().catch(() => null);
    if (request === null) return wire.drop();
    const target = new URL(request.split(" ")[1] ?? "/", "http://host");
    if (target.pathname === "/runCase") {
      const tried = this.#cases[Number(target.searchParams.get("case")) - 1];
      if (tried === undefined || this.#tried.has(tried)) return wire.drop(); // some try again
      this.#tried.add(tried);
      this.#runs.push(runCase({ tried, wire, request, pid: this.pid }));
      return;
    }
    this.hasReported ||= target.pathname === "/updateReports";
    wire.write(writeResponse(request));
    const count = String(this.#cases.length);
    if (target.pathname === "/getCaseCount") {
      wire.write(frame({ opcode: TEXT, payload: count }, "server"));
    }
    wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, "server"));
    wire.end();
    await wire.endsInTime();
    wire.drop();
  }
}

interface Accepted {
  readonly tried: ClientCase;
  readonly wire: Wire;
  readonly request: string;
  readonly pid: number;
}

async function runCase(accepted: Accepted): Promise<OwnRun> {
  const { tried, wire, request } = accepted;
  const start = performance.now();
  let verdict: Verdict;
  try {
    verdict = tried.kind === "response"
      ? await tried.run(wire, request)
      : await runOpen(tried, accepted);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    verdict = failed("MUST", error.message);
  } finally {
    wire.drop();
  }
  return { tried, verdict, wire, ms: Math.round(performance.now() - start) };
}

async function runOpen(tried: OpenCase, { wire, request, pid }: Accepted): Promise<Verdict> {
  // Extensions are agreed on where they were offered.
  const isOffered = /permessage-deflate/i.test(request);
  // Who asks for a window must be answered (RFC 7692 section 7.1.2.1).
  const window = /; *server_max_window_bits=\d+/i.exec(request)?.[0] ?? "";
  const fields = isOffered ? (tried.fields ?? []).map((field) => `${field}${window}`) : [];
  wire.write(writeResponse(request, { lines: fields.map((line) => `${line}\r\n`).join("") }));
  return await tried.run({
    wire,
    role: "server",
    head: request,
    residentBytes: () => residentBytes(pid),
  });
}
