/**
 * Drives a browser, on Node whatever runtime serves the page: `drive.ts URL CONNECTIONS` prints as
 * JSON what the page saw.
 *
 * @module
 */
import process from "node:process";
import { Browser } from "../browser/browsers.ts";
import { converse } from "./in_page.mjs";

const [url = "", count] = process.argv.slice(2);
const browser = await Browser.launch();
try {
  const page = await browser.open(url);
  console.log(JSON.stringify(await page.evaluate(`(${converse})(${count})`)));
} finally {
  await browser.close();
}
