/** The ticker as its users start it, and its topics through a reload of their module. @module */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect } from "../../mod.ts";
import { type ExampleProcess, findOwnRuntime, startExample } from "../helpers/example_process.ts";

describe("broadcast", () => {
  let server: ExampleProcess;

  before(async () => {
    server = await startExample(findOwnRuntime(), { file: "broadcast/main.ts" });
  });

  after(() => server.stop("SIGKILL"));

  it("sends what is posted to all who are connected to its name", async () => {
    const [news, weather] = [
      await connect(new URL("/news", server.url)),
      await connect(new URL("/weather", server.url)),
    ];
    for (const [name, text] of [["news", "one"], ["weather", "rain"], ["sports", "none"]]) {
      const response = await fetch(new URL(`/publish/${name}`, server.url), {
        method: "POST",
        body: text!,
      });
      assert.equal(await response.text(), `sent to ${name === "sports" ? 0 : 1}\n`);
    }
    assert.equal(await news.readText({ timeoutMs: 40_000 }), "one");
    assert.equal(await weather.readText({ timeoutMs: 40_000 }), "rain");
    for (const connection of [news, weather]) await connection.close();
  });

  it("has the same topics after its module was loaded again", async () => {
    const url = new URL("../../examples/broadcast/topics.ts", import.meta.url).href;
    const first = await import(url), again = await import(`${url}?reloaded`);
    // Bun takes both for one module; on Deno and Node it has run twice.
    assert.equal(first.topics, again.topics);
  });
});
