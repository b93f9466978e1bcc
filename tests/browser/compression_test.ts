/** Chromium and our servers agree on permessage-deflate, and messages come back. @module */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { onRuntime } from "../../scripts/lib/on_runtime.ts";
import { type RunningServer, startServer } from "../../scripts/lib/process.ts";
import type { FoundRuntime } from "../../scripts/lib/runtimes.ts";
import { askForServers } from "../interop/deflate/exchange.ts";
import { Browser, BROWSER_NAME, type Page } from "./browsers.ts";

const runtime: FoundRuntime = JSON.parse(process.env.CHAT_RUNTIME ?? fail());

function fail(): never {
  throw new Error("Start the browser tests by: deno task test:browser");
}

/**
 * What the page does: small messages that refer to each other, large ones, and such that stay
 * large.
 */
async function converse(url: string): Promise<string> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const next = <T extends Event>(event: string) =>
    new Promise<T>((resolve, reject) => {
      socket.addEventListener(event, (found) => resolve(found as T), { once: true });
      socket.addEventListener("close", () => reject(new Error("closed")), { once: true });
    });
  await next("open");
  const line = '{"user":"user 7919","text":"é☃😀"}\n';
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const small = ["", line, line.repeat(5), "again ".repeat(50), line];
  const sent = [...small, line.repeat(10_000), noise, new Uint8Array(900_000), ...small];
  for (const message of sent) {
    socket.send(message as string);
    const { data } = await next<MessageEvent>("message");
    const came = typeof data === "string" ? data : new Uint8Array(data).join();
    if (came !== (typeof message === "string" ? message : message.join())) return "other content";
  }
  const { extensions } = socket;
  socket.close(1000);
  return extensions;
}

/**
 * What is agreed on, by the server's configuration, as Chromium tells it. Firefox tells only the
 * name.
 */
const AGREED: Readonly<Record<string, RegExp>> = {
  // Deno's zlib knows no dictionary, so its server never refers back.
  "15 bits": /^permessage-deflate(; server_no_context_takeover)?$/,
  default: /server_max_window_bits=12; client_max_window_bits=12/,
  "9 bits": /server_max_window_bits=9; client_max_window_bits=9/,
  "no takeover": /server_no_context_takeover; client_no_context_takeover/,
  "beside HTTP": /^permessage-deflate/,
};

describe(`compression between ${runtime.name} and ${BROWSER_NAME}`, { timeout: 500_000 }, () => {
  let browser: Browser, page: Page, server: RunningServer;

  before(async () => {
    server = await startServer(
      await onRuntime(runtime.name, "tests/interop/deflate/our_server.ts"),
    );
    browser = await Browser.launch();
    page = await browser.open("about:blank");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("is agreed on, and what was sent comes back", async () => {
    for (const [name, url] of Object.entries(await askForServers(server.url))) {
      await page.goto(url.replace(/^ws/, "http"));
      const extensions = await page.evaluate(`(${converse})(${JSON.stringify(url)})`);
      assert.match(
        String(extensions),
        BROWSER_NAME === "chromium" ? AGREED[name]! : /^permessage-deflate$/,
        name,
      );
    }
  });
});
