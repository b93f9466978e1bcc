/**
 * What broke other implementations, by the conformance suite's cases of the CVE table.
 *
 * @module
 */
import { tryServerOurWay } from "../../conformance/own/try_server.ts";
import { FRAMED, type HostileCase, outcome } from "../case.ts";

/** All of them as one: each program keeps its process, whose memory and stalls are watched. */
export const ADVISORIES: readonly HostileCase[] = [{
  kind: "cve",
  name: "the cases of the CVE table",
  adapters: [...FRAMED, "native"],
  options: { compression: true },
  known: {
    "deno native": "Deno gathers fragments without a limit; a mount passes on what it refuses: 404",
    "bun native": "a mount passes on what it refuses: 404",
  },
  without: { duplex: ["compression"], native: ["compression"] },
  async run(target) {
    const before = await target.collect();
    const url = `ws://127.0.0.1:${target.port}`;
    const runs = await tryServerOurWay({ url, pid: target.pid }, ({ id }) => id.startsWith("cve."));
    const after = await target.collect();
    const wrong = runs.filter(({ verdict }) => verdict.behavior === "FAILED");
    const ids = wrong.map(({ tried }) => tried.id).join(" ");
    const kept = Math.round(Math.max(0, after.rss - before.rss) / 1_048_576);
    return outcome(
      wrong.length === 0,
      `${runs.length - wrong.length} of ${runs.length}, ${kept} MiB kept ${ids}`,
      { stallMs: after.stallMs },
    );
  },
}];
