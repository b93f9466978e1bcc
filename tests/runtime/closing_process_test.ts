/** A process that waits for a close, and has nothing else that keeps it alive. @module */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe } from "node:test";
import { ROOT, startArguments } from "../../scripts/lib/runtimes.ts";
import { itEnds } from "../helpers/connections.ts";
import { findOwnRuntime } from "../helpers/example_process.ts";

describe("a process that closes", () => {
  itEnds("goes on until the close has ended, and then ends by itself", async () => {
    const { kind, path } = findOwnRuntime();
    const file = join(ROOT, "tests/helpers/closing_program.ts");
    const child = spawn(path, [...startArguments(kind), file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => said += text);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    assert.deepEqual([said, code], ["closed, 1 forced\n", 0]);
  });
});
