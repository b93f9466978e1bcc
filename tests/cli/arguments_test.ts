/** Command lines, understood and not. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HELP, readCommandLine, UsageError } from "../../src/cli/arguments.ts";

describe("readCommandLine", () => {
  for (
    const [args, command, url] of [
      [["ws://a/"], "connect", "ws://a/"],
      [["localhost:80/x"], "connect", "ws://localhost:80/x"],
      [["connect", "wss://a/"], "connect", "wss://a/"],
      [["bench", "a", "--size", "1"], "bench", "ws://a"],
      [["check", "http://a/"], "check", "http://a/"],
      [["serve", "--chat"], "serve", ""],
      [[], "help", ""],
      [["bench", "--help"], "help", ""],
    ] as const
  ) {
    it(`takes "${args.join(" ")}" for ${command} ${url}`, () => {
      const line = readCommandLine(args);
      assert.deepEqual([line.command, line.url], [command, url]);
    });
  }

  for (
    const args of [["connect"], ["bench", "a", "b"], ["serve", "a"], ["a", "--nonsense"], [
      "a",
      "-H",
    ]]
  ) {
    it(`refuses "${args.join(" ")}"`, () => {
      assert.throws(() => readCommandLine(args), UsageError);
    });
  }

  it("has a help that fits a screen of 24 lines and 100 columns", () => {
    const lines = HELP.split("\n");
    assert.ok(lines.length <= 24 && lines.every((line) => line.length <= 100));
  });
});
