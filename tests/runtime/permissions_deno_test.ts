/** Deno's permissions, which no import may need. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../scripts/lib/deno_config.ts";
import { ROOT } from "../../scripts/lib/runtimes.ts";

describe("entry points on Deno", () => {
  it("are imported with no permission", async () => {
    const imports = Object.values(readConfig().exports)
      .map((file) => `import "${pathToFileURL(join(ROOT, file))}";`);
    // Not by node:child_process, which gives a Deno that it starts all permissions.
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "-"],
      stdin: "piped",
      stderr: "piped",
    }).spawn();
    const program = ReadableStream.from([imports.join("\n")]);
    await program.pipeThrough(new TextEncoderStream()).pipeTo(child.stdin);
    const { success, stderr } = await child.output();
    assert.ok(success, new TextDecoder().decode(stderr));
  });
});
