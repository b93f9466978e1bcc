/**
 * Browsers, and what drives them. Without it each task that needs one would look for it in its own
 * way.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findProgram, installPrograms } from "./programs.ts";
import { install, ROOT } from "./runtimes.ts";

const PUPPETEER = "puppeteer-core@25.16.0";
/** Where a browser is looked for, besides in its variable, and Debian's package of it. */
const BROWSERS = {
  chromium: {
    variable: "CHROME_PATH",
    package: "chromium",
    programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    mac: "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  },
  firefox: {
    variable: "FIREFOX_PATH",
    package: "firefox-esr",
    programs: ["firefox-esr", "firefox"],
    mac: "/Applications/Firefox.app/Contents/MacOS/firefox",
  },
} as const;

/** The browsers that tests drive. */
export type BrowserName = keyof typeof BROWSERS;

/** A browser that is installed. */
export interface FoundBrowser {
  readonly name: BrowserName;
  readonly path: string;
}

/** Path of a browser; installs it if there is none and we may. */
export function findBrowser(name: BrowserName): FoundBrowser {
  const { variable, package: packageName, programs, mac } = BROWSERS[name];
  const given = process.env[variable];
  if (given !== undefined) {
    if (existsSync(given)) return { name, path: given };
    throw new Error(`There is no browser at ${variable}, ${given}`);
  }
  const find = () => programs.map(findProgram).find((path) => path !== undefined);
  const installed = find() ?? (existsSync(mac) ? mac : undefined);
  if (installed !== undefined) return { name, path: installed };
  installPrograms({ [programs[0]]: packageName });
  return { name, path: find()! };
}

/** Path of puppeteer-core's entry; installs it into `.cache` if it is missing. */
export async function findPuppeteer(): Promise<string> {
  const folder = join(ROOT, ".cache", PUPPETEER);
  if (!existsSync(folder)) await install(PUPPETEER, folder);
  const { exports } = JSON.parse(
    readFileSync(join(folder, "node_modules", "puppeteer-core", "package.json"), "utf8"),
  );
  const entry = typeof exports["."] === "string" ? exports["."] : exports["."].import;
  return join(folder, "node_modules", "puppeteer-core", entry);
}
