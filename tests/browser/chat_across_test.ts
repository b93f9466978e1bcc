/**
 * The chat on Node, Bun and Deno at once, over one Redis: three pages in a real browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findRuntime } from "../../scripts/lib/runtimes.ts";
import { type Engine, startRedis } from "../engines/servers.ts";
import { type ExampleProcess, startExample } from "../helpers/example_process.ts";
import { ChatPage } from "./chat_page.ts";
import { Browser, BROWSER_NAME } from "./browsers.ts";

describe(`chat on three runtimes at once, in ${BROWSER_NAME}`, { timeout: 500_000 }, () => {
  let engine: Engine;
  let browser: Browser;
  const servers: ExampleProcess[] = [], pages: ChatPage[] = [];

  before(async () => {
    engine = await startRedis();
    browser = await Browser.launch();
    for (const name of ["node24", "bun", "deno"] as const) {
      const flags = ["--redis", `redis://127.0.0.1:${engine.port}`];
      const server = await startExample(await findRuntime(name), { file: "chat/main.ts", flags });
      servers.push(server);
      pages.push(await ChatPage.open(browser, server.url));
    }
  });

  after(async () => {
    await browser?.close();
    for (const server of servers) await server.stop("SIGKILL");
    await engine?.stop();
  });

  /**
   * Joins, and again until all are there: a process waits 100 ms for what the others know, and on a
   * busy machine they answer later.
   */
  async function join(page: ChatPage, name: string, here: readonly string[]): Promise<void> {
    for (let tries = 1;; tries++) {
      await page.join(name, "hall");
      if (await page.countPeople() >= here.length || tries === 20) break;
      await page.leave();
      await pages[0]!.see(`${name} left`, { times: tries }); // the name is free again
    }
    await page.seePeople(...here);
  }

  it("is one room: who is here, and what is said", async () => {
    const [ada, bob, cid] = pages as [ChatPage, ChatPage, ChatPage];
    await join(ada, "Ada", ["Ada"]);
    await join(bob, "Bob", ["Ada", "Bob"]);
    await ada.see("Bob joined");
    await join(cid, "Cid", ["Ada", "Bob", "Cid"]);
    for (const page of [ada, bob, cid]) await page.seePeople("Ada", "Bob", "Cid");
    await ada.say("from Node");
    await bob.see("from Node");
    await bob.say("from Bun");
    await cid.see("from Bun");
    await cid.say("from Deno 👋");
    for (const page of [ada, bob, cid]) await page.see("from Deno 👋");
    for (const page of [ada, bob, cid]) {
      assert.deepEqual(await page.readTexts(), ["from Node", "from Bun", "from Deno 👋"]);
    }
    await bob.leave();
    await ada.see("Bob left");
    await cid.seePeople("Ada", "Cid");
  });
});
