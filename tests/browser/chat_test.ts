/** The chat in a real browser, one story from joining to a server that comes back. @module */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import type { FoundRuntime } from "../../scripts/lib/runtimes.ts";
import { findFreePort } from "../helpers/daemon.ts";
import { type ExampleProcess, startExample } from "../helpers/example_process.ts";
import { eventually } from "../helpers/waiting.ts";
import { ChatPage } from "./chat_page.ts";
import { Browser, BROWSER_NAME } from "./browsers.ts";

const runtime: FoundRuntime = JSON.parse(process.env.CHAT_RUNTIME ?? fail());

function fail(): never {
  throw new Error("Start the browser tests by: deno task test:browser");
}

describe(`chat on ${runtime.name}, two pages in ${BROWSER_NAME}`, { timeout: 500_000 }, () => {
  let browser: Browser;
  let server: ExampleProcess;
  let ada: ChatPage, bob: ChatPage;

  async function startServer(port: number): Promise<void> {
    server = await startExample(runtime, { file: "chat/main.ts", port });
  }

  before(async () => {
    await startServer(await findFreePort()); // which it has again after each restart
    browser = await Browser.launch();
    [ada, bob] = [
      await ChatPage.open(browser, server.url),
      await ChatPage.open(browser, server.url),
    ];
  });

  after(async () => {
    await browser?.close();
    await server?.stop("SIGTERM");
  });

  it("shows who joins to those who are there", async () => {
    await ada.join("Ada", "lobby");
    await ada.seePeople("Ada");
    await bob.join("Bob", "lobby");
    await ada.see("Bob joined");
    await ada.seePeople("Ada", "Bob");
    await bob.seePeople("Ada", "Bob");
  });

  it("carries what is said both ways", async () => {
    await ada.say("Hello, Bob");
    await bob.see("Hello, Bob");
    await bob.say("Hello 👩‍💻, grüß dich 🎉");
    for (const page of [ada, bob]) await page.see("Hello 👩‍💻, grüß dich 🎉");
    assert.deepEqual(await bob.readTexts(), ["Hello, Bob", "Hello 👩‍💻, grüß dich 🎉"]);
    assert.deepEqual(await ada.readTexts(), await bob.readTexts());
  });

  it("shows markup as text", async () => {
    await ada.say("<b>bold</b> <img src=x onerror=alert(1)> &amp;");
    await bob.see("<b>bold</b> <img src=x onerror=alert(1)> &amp;");
    assert.equal(await bob.countInLog("b"), 0);
    assert.equal(await bob.countInLog("img"), 0);
  });

  it("says what it shows, and invites a second window into the room", async () => {
    const dan = await ChatPage.open(browser, server.url);
    await dan.see("@fullduplex/websocket");
    await dan.join("Dan", "alone");
    await dan.see("Nobody else is here: open a second window");
    assert.equal(await dan.readInvitation(), new URL("#alone", server.url).href);
    await dan.leave();
  });

  it("stays at the end of its log when a phone's keyboard or a long text takes the room", async () => {
    const eve = await ChatPage.open(browser, server.url);
    await eve.resize(375, 667);
    await eve.join("Eve", "phone");
    for (let line = 1; line <= 30; line++) await eve.say(`line ${line}`);
    await eve.see("line 30");
    const before = await eve.readLogHeight();
    await eve.resize(375, 380);
    assert.ok(await eve.readLogHeight() < before - 200, "the keyboard has taken its room");
    const showsEnd = async (): Promise<boolean> => await eve.readHiddenPx() <= 1;
    await eventually("its end is in sight above the keyboard", showsEnd);
    await eve.type("one\ntwo\nthree");
    await eventually("its end is in sight above a long text", showsEnd);
    await eve.scrollToStart();
    await eve.resize(375, 667);
    await eve.resize(375, 380);
    assert.ok(await eve.readHiddenPx() > 200, "who reads further up is left there");
    await eve.leave();
  });

  it("keeps rooms apart", async () => {
    const cleo = await ChatPage.open(browser, server.url);
    await cleo.join("Cleo", "tea");
    await ada.say("only for the lobby");
    await bob.see("only for the lobby");
    await cleo.say("only for tea");
    await cleo.see("only for tea");
    assert.deepEqual(await cleo.readTexts(), ["only for tea"]);
    await ada.say("still only for the lobby");
    await bob.see("still only for the lobby");
    assert.ok(!(await bob.readTexts()).includes("only for tea"));
    await cleo.seePeople("Cleo");
    await ada.seePeople("Ada", "Bob");
    await cleo.leave();
  });

  it("shows who leaves", async () => {
    await bob.leave();
    assert.deepEqual(await bob.readCloses(1), [{ code: 1000, reason: "", wasClean: true }]);
    await ada.see("Bob left");
    await ada.seePeople("Ada");
    await bob.join("Bob", "lobby");
    await ada.seePeople("Ada", "Bob");
  });

  it("is closed with 1001, cleanly, by a server that ends", async () => {
    assert.equal(await server.stop("SIGTERM"), 0);
    const end = { code: 1001, reason: "server is closing", wasClean: true };
    assert.deepEqual((await ada.readCloses(1))[0], end); // attempts that fail come behind it
    assert.deepEqual((await bob.readCloses(2))[1], end);
    await ada.see("Reconnecting…");
    await ada.seePeople();
  });

  it("goes on when the server is back", async () => {
    await startServer(Number(server.url.port));
    await ada.see("You joined as Ada", { times: 2 });
    await ada.seePeople("Ada", "Bob");
    await bob.seePeople("Ada", "Bob");
    await bob.say("back again");
    await ada.see("back again");
  });

  it("goes on after the server was killed", async () => {
    await server.stop("SIGKILL");
    await ada.see("Reconnecting…");
    await startServer(Number(server.url.port));
    await ada.see("You joined as Ada", { times: 3 });
    await ada.seePeople("Ada", "Bob");
  });

  it("loads nothing of other servers, and its scripts do not fail", () => {
    for (const page of [ada, bob]) {
      const loaded = page.requests.filter((url) => !url.startsWith("data:"));
      assert.ok(loaded.includes(new URL("/src/reconnecting/web.ts", server.url).href));
      assert.deepEqual(loaded.filter((url) => new URL(url).origin !== server.url.origin), []);
      assert.deepEqual(page.errors, []);
    }
  });
});
