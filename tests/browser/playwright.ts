/**
 * As much of playwright-core's types as the browser tests use. The package is installed
 * into `.cache` only when they run, so the type check has to do without it.
 *
 * @module
 */
import process from "node:process";
import { pathToFileURL } from "node:url";

/** A way to find elements; every action waits until there is exactly one that fits. */
export interface Locator {
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  press(key: string): Promise<void>;
  count(): Promise<number>;
  allTextContents(): Promise<string[]>;
  waitFor(): Promise<void>;
  nth(index: number): Locator;
}

/** A request that a page has made. */
export interface PageRequest {
  url(): string;
}

/** One tab. */
export interface Page {
  goto(url: string): Promise<unknown>;
  addInitScript(script: { readonly content: string }): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  getByLabel(text: string, options?: { readonly exact: boolean }): Locator;
  getByRole(role: string, options?: { readonly name: string }): Locator;
  getByText(text: string, options?: { readonly exact: boolean }): Locator;
  locator(selector: string): Locator;
  emulateMedia(options: { readonly colorScheme: "light" | "dark" }): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage: boolean }): Promise<unknown>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  on(event: "request", listener: (request: PageRequest) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
}

/** Cookies and storage of their own, as if on another computer. */
export interface BrowserContext {
  newPage(): Promise<Page>;
  setDefaultTimeout(ms: number): void;
}

/** A running browser. */
export interface Browser {
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}

interface PlaywrightModule {
  readonly chromium: {
    launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser>;
  };
}

/** What a browser needs that may run as root, and is to ask nothing of any network. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium, headless and with an empty profile. */
export async function launchChromium(): Promise<Browser> {
  const { CHROME_PATH = "", PLAYWRIGHT_PATH = "" } = process.env; // from scripts/test/browser.ts
  const { chromium }: PlaywrightModule = await import(pathToFileURL(PLAYWRIGHT_PATH).href);
  return await chromium.launch({ executablePath: CHROME_PATH, args: FLAGS });
}
