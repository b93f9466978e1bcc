/**
 * The built site in a real browser: nothing wider than a phone, and colours that can be read in the
 * dark.
 *
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ROOT } from "../../scripts/lib/runtimes.ts";
import { Browser, BROWSER_NAME, type Page } from "./browsers.ts";

const SITE = join(ROOT, "site");
/** Pixels of a small phone. */
const WIDTH = 375;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};
/** Each page of the guide, and some of the reference, which are made alike. */
const PAGES = [
  ...globSync("{*,docs/*}.html", { cwd: SITE }),
  ...globSync("api/**/*.html", { cwd: SITE }).filter((path) => /connect|serve/i.test(path))
    .slice(0, 12),
].map((path) => path.replaceAll("\\", "/"));

/** The contrast of the page's text to its background by WCAG 2.1, which asks for 4.5. */
function readContrast(): number {
  const { backgroundColor, color } = getComputedStyle(document.body);
  const [paper = 0, ink = 0] = [backgroundColor, color].map((text: string) => {
    const [r = 0, g = 0, b = 0] = (text.match(/[\d.]+/g) ?? []).map((value) => {
      const part = Number(value) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  return (Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05);
}

declare const document: { readonly body: object };
declare function getComputedStyle(
  element: object,
): { readonly backgroundColor: string; readonly color: string };

describe(`the site in ${BROWSER_NAME}`, { timeout: 500_000 }, () => {
  let browser: Browser, page: Page, server: Server, root: string;

  before(async () => {
    server = createServer(({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://x");
      try {
        const body = readFileSync(join(SITE, decodeURIComponent(pathname)));
        response.setHeader("content-type", TYPES[extname(pathname)] ?? "text/plain").end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    root = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    browser = await Browser.launch();
    page = await browser.open(`${root}/index.html`);
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it(`fits into ${WIDTH} pixels`, async () => {
    await page.resize(WIDTH, 800);
    const wide: string[] = [];
    for (const path of PAGES) {
      await page.goto(`${root}/${path}`);
      const widest = Number(await page.evaluate("document.documentElement.scrollWidth"));
      if (widest > WIDTH) wide.push(`${path}: ${widest}`);
    }
    assert.deepEqual(wide, []);
  });

  if (BROWSER_NAME === "chromium") { // WebDriver BiDi, which drives Firefox, cannot set it
    it("can be read in the light and in the dark", async () => {
      const papers: unknown[] = [];
      for (const scheme of ["light", "dark"] as const) {
        // As somebody new: the reference keeps the first scheme that it has seen.
        const page = await browser.open("about:blank");
        await page.prefer(scheme);
        for (const path of ["index.html", PAGES.at(-1)!]) {
          await page.goto(`${root}/${path}`);
          assert.ok(
            Number(await page.evaluate(`(${readContrast})()`)) >= 4.5,
            `${path}, ${scheme}`,
          );
        }
        papers.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
      }
      assert.notEqual(papers[0], papers[1]);
    });
  }

  it("has scripts that do not fail", () => {
    assert.deepEqual([...new Set(page.errors.map(({ message }) => message))], []);
  });
});
