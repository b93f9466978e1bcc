/** The inspector page in a real browser: live numbers, a closed connection, room on a small screen. @module */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import type { FoundRuntime } from "../../scripts/lib/runtimes.ts";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { type ExampleProcess, startExample } from "../helpers/example_process.ts";
import { type Browser, launchChromium, type Page } from "./playwright.ts";

const runtime: FoundRuntime = JSON.parse(process.env.CHAT_RUNTIME ?? fail());
/** Pictures go here, where it is set. */
const { PICTURES } = process.env;
const SIZES = [[375, 812], [1280, 900]] as const;

function fail(): never {
  throw new Error("Start the browser tests by: deno task test:browser");
}

describe(`inspector on ${runtime.name} in Chromium`, { timeout: 60_000 }, () => {
  let browser: Browser, server: ExampleProcess, page: Page;
  const errors: string[] = [];
  const connections: WebSocketConnection[] = [];
  let busy: ReturnType<typeof setInterval> | undefined;

  /** Not by `waitForFunction`, which the page's Content-Security-Policy forbids. */
  async function until(expression: string): Promise<void> {
    while (await page.evaluate(expression) !== true) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  before(async () => {
    server = await startExample(runtime, { file: "watched/main.ts" });
    for (let i = 0; i < 30; i++) {
      connections.push(await connect(new URL(`/room/${i}<b>x`, server.url)));
    }
    busy = setInterval(() => {
      for (const connection of connections.slice(0, 10)) {
        connection.send("x".repeat(100)).catch(() => {});
      }
    }, 50);
    browser = await launchChromium();
    page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(server.url.href);
  });

  after(async () => {
    clearInterval(busy);
    for (const connection of connections) connection.abort();
    await browser?.close();
    await server?.stop("SIGKILL");
  });

  it("shows live numbers and a row for each of the slowest connections", async () => {
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText("/room/", { exact: false }).nth(0).waitFor();
    await until(
      `document.querySelector("#messages .value span").textContent.match(/^[1-9]/) !== null`,
    );
    assert.equal(await page.locator("tbody tr").count(), 20);
    assert.equal(await page.locator("tbody b").count(), 0); // what a client sends is text
  });

  it("closes a connection by its button, and counts the end", async () => {
    const closed = Promise.race(connections.map(({ closed }) => closed));
    await page.locator("tbody button").nth(0).click();
    const { code, reason } = await closed;
    assert.deepEqual([code, reason], [1001, "closed by the operator"]);
    await page.getByText("local 1001", { exact: true }).waitFor();
  });

  for (const [width, height] of SIZES) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`fits into ${width} pixels, ${colorScheme}`, async () => {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await until("document.querySelectorAll('tbody tr').length > 0");
        const widest = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(Number(widest) <= width, `${widest} pixels wide`);
        if (PICTURES === undefined) return;
        const name = `inspector_${width}_${colorScheme}.png`;
        await page.screenshot({ path: `${PICTURES}/${name}`, fullPage: true });
      });
    }
  }

  it("has met no error", () => assert.deepEqual(errors, []));
});
