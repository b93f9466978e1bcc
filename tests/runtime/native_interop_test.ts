/**
 * Our server and the `WebSocket` that this very runtime brings, and where it has one, its
 * own server and our client: the checks of the interop tests that need nothing installed.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { startServer } from "../../scripts/lib/process.ts";
import { startArguments } from "../../scripts/lib/runtimes.ts";
import { checks, type Dial, NotApplicable } from "../interop/checks.ts";
import { toClient } from "../interop/event_client.ts";
import { makeDial, startOurServer } from "../interop/our_peer.ts";
import { ownRuntimeName } from "../helpers/own_runtime_name.ts";

const kind = ownRuntimeName();
const dialNative: Dial = (url, protocols) => toClient(new WebSocket(url, [...protocols]));
/** Steps that the native API of each side cannot do. */
const CANNOT_DIAL = ["fragments by the client", "ping by the client"];
const CANNOT_SERVE = kind === "bun"
  ? ["fragments by the server"]
  : ["fragments by the server", "ping by the server"];

function runChecks(dial: Dial, start: () => Promise<Started>, cannot: readonly string[]): void {
  for (const [name, check] of Object.entries(checks)) {
    it(cannot.includes(name) ? `${name}: not with this API` : name, async () => {
      const server = await start();
      try {
        const running = check((path, protocols = []) => dial(server.url + path, protocols));
        if (cannot.includes(name)) await assert.rejects(running, NotApplicable);
        else await running;
      } finally {
        await server.stop();
      }
    });
  }
}

interface Started {
  readonly url: string;
  stop(): Promise<unknown>;
}

for (const adapter of ["tcp", "http"]) {
  describe(`our server (${adapter}) and the WebSocket of ${kind}`, () => {
    runChecks(dialNative, () => startOurServer({ port: 0, adapter }), CANNOT_DIAL);
  });
}

if (kind !== "node") {
  describe(`our client and the server of ${kind}`, () => {
    const file = process.execPath;
    const script = [...startArguments(kind), `tests/interop/${kind}_server.ts`];
    runChecks(makeDial(), () => startServer({ file, arguments: script }), CANNOT_SERVE);
  });
}
