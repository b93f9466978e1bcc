/**
 * Chromium and Firefox, driven by puppeteer-core: the one by its DevTools protocol, the other by
 * WebDriver BiDi. The package is installed into `.cache` only when these tests run, so the types
 * that they use are here.
 *
 * @module
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { fill, findElements } from "./in_page.mjs";

/** The browsers that `deno task test:browser` drives. */
export type BrowserName = "chromium" | "firefox";

/** An element as those who use a page name it. Texts are whole and exact. */
export type ElementQuery =
  | { readonly label: string }
  | { readonly button: string }
  | { readonly css: string }
  | { readonly text: string; readonly in?: string };

/** The browser of this run of the tests, see `scripts/test/browser.ts`. */
export const BROWSER_NAME: BrowserName = process.env.BROWSER_NAME === "firefox"
  ? "firefox"
  : "chromium";

interface ElementHandle {
  click(): Promise<void>;
  press(key: string): Promise<void>;
}

/** The part of a tab of puppeteer-core that is used here. */
interface Tab {
  goto(url: string, options: { readonly timeout: number }): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  evaluateHandle(expression: string): Promise<{ asElement(): ElementHandle | null }>;
  evaluateOnNewDocument(expression: string): Promise<unknown>;
  emulateMediaFeatures(features: readonly { name: string; value: string }[]): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage: boolean }): Promise<unknown>;
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>;
  on(event: "request", listener: (request: { url(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
}

interface LaunchedBrowser {
  /** Cookies and storage of their own, as if on another computer. */
  createBrowserContext(): Promise<{ newPage(): Promise<Tab> }>;
  close(): Promise<void>;
}

interface PuppeteerModule {
  readonly default: {
    launch(options: Readonly<Record<string, unknown>>): Promise<LaunchedBrowser>;
  };
}

const WAIT_MS = 50_000;
const POLL_MS = 25;
/** A browser starts, and a page loads, in this time: 30 s by default, which a busy machine needs. */
const START_MS = 120_000;

/** Flags of Chromium, so that it runs as root and calls no network. */
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page with what the tests do on it. Actions wait until there is an element that fits. */
export class Page {
  /** Addresses of all that the page has loaded. */
  readonly requests: string[] = [];
  /** The errors of its scripts. */
  readonly errors: Error[] = [];
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
    tab.on("request", (request) => this.requests.push(request.url()));
    tab.on("pageerror", (error) => {
      // Firefox reports connections that fail in the same way; what the page makes of them is for
      // the tests.
      if (!error.message.startsWith("Firefox can’t establish")) this.errors.push(error);
    });
  }

  async goto(url: string | URL): Promise<void> {
    await this.#tab.goto(String(url), { timeout: START_MS });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#tab.setViewport({ width, height });
  }

  /**
   * Makes the page believe in this setting of its user's. Chromium only: WebDriver BiDi has no such
   * command.
   */
  async prefer(colorScheme: "light" | "dark"): Promise<void> {
    await this.#tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: colorScheme }]);
  }

  async screenshot(path: string): Promise<void> {
    await this.#tab.screenshot({ path, fullPage: true });
  }

  async count(selector: string): Promise<number> {
    const list = `document.querySelectorAll(${JSON.stringify(selector)})`;
    return Number(await this.#tab.evaluate(`${list}.length`));
  }

  async evaluate(expression: string): Promise<unknown> {
    return await this.#tab.evaluate(expression);
  }

  /**
   * Waits until an expression is true. Not by a function in the page, which its policy may forbid.
   */
  async until(expression: string): Promise<void> {
    await this.#retry(expression, async () => await this.#tab.evaluate(`Boolean(${expression})`));
  }

  /** Waits until an element can be seen. */
  async see(query: ElementQuery, { index = 0 }: { readonly index?: number } = {}): Promise<void> {
    await this.until(`${asExpression(query)}.length > ${index}`);
  }

  async click(query: ElementQuery): Promise<void> {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      try {
        return await (await this.#find(query)).click();
      } catch (error) { // before the click: the page has replaced the element since it was found
        if (performance.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
  }

  /** Replaces the text of a box. */
  async fill(query: ElementQuery, text: string): Promise<void> {
    await this.see(query);
    await this.#tab.evaluate(`(${fill})(${asExpression(query)}[0], ${JSON.stringify(text)})`);
  }

  async press(query: ElementQuery, key: string): Promise<void> {
    await (await this.#find(query)).press(key);
  }

  async #find(query: ElementQuery): Promise<ElementHandle> {
    await this.see(query);
    const element = (await this.#tab.evaluateHandle(`${asExpression(query)}[0]`)).asElement();
    if (element === null) throw new Error(`${JSON.stringify(query)} has gone`);
    return element;
  }

  async #retry(what: string, isTrue: () => Promise<unknown>): Promise<void> {
    const end = performance.now() + WAIT_MS;
    while (await isTrue() !== true) {
      if (performance.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${what.slice(-300)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function asExpression(query: ElementQuery): string {
  return `(${findElements})(${JSON.stringify(query)})`;
}

/** Which browser to start. */
export interface LaunchOptions {
  readonly name?: BrowserName;
  readonly path?: string;
  /** Path of puppeteer-core. */
  readonly driver?: string;
}

/** A running browser, headless and with an empty profile. It takes the test certificate. */
export class Browser {
  readonly #launched: LaunchedBrowser;

  private constructor(launched: LaunchedBrowser) {
    this.#launched = launched;
  }

  /** Starts a browser; by default that of this run. */
  static async launch(options: LaunchOptions = {}): Promise<Browser> {
    const { BROWSER_PATH = "", PUPPETEER_PATH = "" } = process.env;
    const { name = BROWSER_NAME, path = BROWSER_PATH, driver = PUPPETEER_PATH } = options;
    const { default: puppeteer }: PuppeteerModule = await import(pathToFileURL(driver).href);
    return new Browser(
      await puppeteer.launch({
        browser: name === "firefox" ? "firefox" : "chrome",
        executablePath: path,
        acceptInsecureCerts: true,
        timeout: START_MS,
        args: name === "firefox" ? [] : CHROMIUM_FLAGS,
      }),
    );
  }

  /** Opens a page as somebody new. */
  async open(url: string | URL, { before }: { readonly before?: string } = {}): Promise<Page> {
    const tab = await (await this.#launched.createBrowserContext()).newPage();
    const page = new Page(tab);
    if (before !== undefined) await tab.evaluateOnNewDocument(before);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#launched.close();
  }
}
