/**
 * The inspector page in a real browser: live numbers, a closed connection, room on a small screen
 * for any data. Where PICTURES is set, its pictures go there (`deno task docs:inspector`).
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import type { FoundRuntime } from "../../scripts/lib/runtimes.ts";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { type ExampleProcess, startExample } from "../helpers/example_process.ts";
import { Browser, BROWSER_NAME, type Page } from "./browsers.ts";

const runtime: FoundRuntime = JSON.parse(process.env.CHAT_RUNTIME ?? fail());
/** Pictures go here, where it is set. */
const { PICTURES } = process.env;
// WebDriver BiDi, which drives Firefox, has no command for it.
const COLOR_SCHEMES = BROWSER_NAME === "firefox" ? [undefined] : ["light", "dark"] as const;
const SIZES = [[375, 812], [1280, 900]] as const;

/**
 * Elements that reach out of the window or of their card. The table may be scrolled within its own.
 */
const FIND_OVERFLOWS =
  `(() => [document.documentElement, ...document.querySelectorAll(".card, header")]
  .filter((element) => element.scrollWidth > element.clientWidth)
  .map((element) => (element.id || element.tagName) + " " + element.scrollWidth))`;

/** A report that no real server has given: every number and every text is as long as it can be. */
const EXTREMES = [12_345_678.9, 999_949_999.9, Number.MAX_SAFE_INTEGER, 1.7e308].map((huge) => {
  const word = "W".repeat(2_000), counts = { [word]: huge, [word.replaceAll("W", "W ")]: huge };
  const row = {
    id: 1,
    address: `[${"ffff:".repeat(8)}%${word}]:65535`,
    path: `/${word}`,
    ageMs: huge,
    roundTripMs: huge,
    bufferedBytes: huge,
    unreadBytes: huge,
    received: huge,
    sent: huge,
    dropped: huge,
  };
  return {
    at: 1_000,
    active: huge,
    opened: huge,
    received: huge,
    receivedBytes: huge,
    sent: huge,
    sentBytes: huge,
    bufferedBytes: huge,
    unreadBytes: huge,
    dropped: huge,
    roundTrips: { count: 1, p50: huge, p99: huge },
    closed: counts,
    refused: counts,
    slowest: Array(20).fill(row),
    largest: Array(20).fill(row),
  };
});

function fail(): never {
  throw new Error("Start the browser tests by: deno task test:browser");
}

describe(`inspector on ${runtime.name} in ${BROWSER_NAME}`, { timeout: 500_000 }, () => {
  let browser: Browser, server: ExampleProcess, page: Page;
  const connections: WebSocketConnection[] = [];
  let busy: ReturnType<typeof setInterval> | undefined;

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
    browser = await Browser.launch();
    page = await browser.open(server.url);
  });

  after(async () => {
    clearInterval(busy);
    for (const connection of connections) connection.abort();
    await browser?.close();
    await server?.stop("SIGKILL");
  });

  it("shows live numbers and a row for each of the slowest connections", async () => {
    await page.see({ text: "live" });
    await page.until('document.body.textContent.includes("/room/")');
    await page.until(
      `document.querySelector("#messages .value span").textContent.match(/^[1-9]/) !== null`,
    );
    assert.equal(await page.count("tbody tr"), 20);
    assert.equal(await page.count("tbody b"), 0); // what a client sends is text
  });

  it("closes a connection by its button, and counts the end", async () => {
    const closed = Promise.race(connections.map(({ closed }) => closed));
    await page.click({ css: "tbody button" });
    const { code, reason } = await closed;
    assert.deepEqual([code, reason], [1001, "closed by the operator"]);
    await page.see({ text: "local 1001" });
  });

  for (const [width, height] of SIZES) {
    for (const colorScheme of COLOR_SCHEMES) {
      it(`fits into ${width} pixels, ${colorScheme ?? "as it is"}`, async () => {
        await page.resize(width, height);
        if (colorScheme !== undefined) await page.prefer(colorScheme);
        await page.until("document.querySelectorAll('tbody tr').length > 0");
        assert.deepEqual(await page.evaluate(`${FIND_OVERFLOWS}()`), []);
        if (PICTURES === undefined) return;
        const name = `inspector_${width}_${colorScheme}.png`;
        await page.screenshot(`${PICTURES}/${name}`);
      });
    }
  }

  for (const width of [320, 375, 601, 1280]) {
    it(`fits into ${width} pixels whatever the data is`, async () => {
      await page.resize(width, 812);
      for (const extreme of EXTREMES) {
        // In one go, because the page goes on to show what its server tells.
        const found = await page.evaluate(`(() => {
          const data = ${JSON.stringify(extreme)};
          const before = { ...data, at: data.at - 1000 };
          for (const name of ["received", "sent", "receivedBytes", "sentBytes", "dropped"]) before[name] = 0;
          last = before;
          show(data);
          byId("state").textContent = data.slowest[0].path;
          const found = ${FIND_OVERFLOWS}();
          byId("state").textContent = "live";
          return found;
        })()`);
        assert.deepEqual(found, []);
      }
    });
  }

  it("has met no error", () => assert.deepEqual(page.errors, []));
});
