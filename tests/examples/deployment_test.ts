/** The server that systemd and Docker run, and their files. @module */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { connect } from "../../mod.ts";
import { findOwnRuntime, startExample } from "../helpers/example_process.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../examples/deployment/${name}`, import.meta.url), "utf8");

/** The number that stands in a file behind these words. */
function readNumber(name: string, before: RegExp): number {
  const found = new RegExp(`${before.source}([\\d_]+)`).exec(read(name))?.[1];
  assert.ok(found !== undefined, `${name}: ${before.source}`);
  return Number(found.replaceAll("_", ""));
}

/** The command lines of systemd and Docker, without the path of the program. */
function readCommands(): readonly (readonly string[])[] {
  const unit = /^ExecStart=(.*)$/m.exec(read("chat.service"))?.[1]?.split(" ") ?? [];
  const docker: string[] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(read("Dockerfile"))?.[1] ?? "[]");
  return [unit, docker].map(([runtime = "", file = "", ...flags]) => [
    basename(runtime),
    basename(file),
    ...flags,
  ]);
}

describe("deployment", () => {
  it("drains on SIGTERM: its clients hear of it, are told 1001, and it ends with 0", async () => {
    const example = await startExample(findOwnRuntime(), {
      file: "deployment/main.ts",
      flags: ["--hostname", "127.0.0.1"],
    });
    assert.equal(await (await fetch(example.url)).text(), "up\n");
    const connection = await connect(example.url);
    const code = example.stop("SIGTERM");
    assert.equal(await connection.readText({ timeoutMs: 40_000 }), "the server restarts");
    assert.equal((await connection.closed).code, 1001);
    assert.equal(await code, 0);
  });

  it("gets more time from systemd and Docker than it takes to drain", () => {
    const drainSeconds = readNumber("main.ts", /timeoutMs: /) / 1_000;
    assert.ok(readNumber("chat.service", /TimeoutStopSec=/) > drainSeconds);
    assert.ok(readNumber("compose.yaml", /stop_grace_period: /) > drainSeconds);
  });

  it("is started by both without a shell, with options that it has", () => {
    for (const [runtime, file, ...flags] of readCommands()) {
      assert.deepEqual([runtime, file], ["node", "main.ts"]);
      for (const flag of flags.filter((each) => each.startsWith("--"))) {
        assert.ok(["--port", "--hostname"].includes(flag), flag);
      }
    }
  });
});
