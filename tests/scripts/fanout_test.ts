/** `fanout.ts` as others call it: its flags, its topics, and how a connection resumes. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect } from "../../mod.ts";
import { findOwnRuntime, startExample } from "../helpers/example_process.ts";

const patience = { timeoutMs: 40_000 };

describe("fanout.ts", { timeout: 60_000 }, () => {
  const start = (...flags: readonly string[]) =>
    startExample(findOwnRuntime(), { file: "../scripts/fanout.ts", flags });

  for (const flags of [[], ["--style", "loop"], ["--policy", "drop-oldest", "--deflate"]]) {
    it(`sends what arrives to all, with ${flags.join(" ") || "no flags"}`, async () => {
      const server = await start(...flags);
      const all = [await connect(server.url), await connect(server.url)];
      await all[0]!.send("one");
      for (const one of all) assert.equal(await one.readText(patience), "one");
      assert.equal(await server.stop("SIGTERM"), 0);
      assert.equal((await all[0]!.closed).code, 1001);
    });
  }

  it("resumes a connection with since after its position, and keeps topics apart", async () => {
    const server = await start("--history", "10");
    const open = (query: string) => connect(new URL(`/?${query}`, server.url));
    const first = await open("topic=a&since=:0"), other = await open("topic=b");
    const { epoch, offset } = JSON.parse(await first.readText(patience) ?? "");
    assert.equal(offset, 0);
    for (const text of ["1", "2", "3"]) await first.send(text);
    await other.send("apart");
    assert.equal(await other.readText(patience), "apart");
    for (const text of ["1", "2", "3"]) assert.equal(await first.readText(patience), text);
    const again = await open(`topic=a&since=${epoch}:1`);
    assert.deepEqual(JSON.parse(await again.readText(patience) ?? ""), {
      epoch,
      offset: 1,
      resumed: true,
    });
    for (const text of ["2", "3"]) assert.equal(await again.readText(patience), text);
    assert.equal(await server.stop("SIGTERM"), 0);
  });
});
