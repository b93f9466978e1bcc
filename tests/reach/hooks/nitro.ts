/**
 * An application of Nitro 3, built by its own command for any runtime (preset `standard`): a page,
 * and a route of hooks with a topic.
 *
 * @module
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { run } from "../../../scripts/lib/process.ts";
import { findRuntime } from "../../../scripts/lib/runtimes.ts";
import { runProgram } from "../program.ts";
import { converse, nextRefusal } from "./converse.ts";
import { serveHooks } from "./serve_hooks.ts";

const packages = process.env.REACH_PACKAGES ?? "";
const BUILD_MS = 150_000;

const CONFIG = `export default {
  preset: "standard",
  serverDir: "./",
  noExternals: true, // one build for all runtimes
  experimental: { websocket: true },
};`;
const ROUTES = {
  "index.mjs": 'export default () => "a page";',
  "chat.mjs": `import { defineWebSocketHandler } from "nitro/h3";
export default defineWebSocketHandler({
  open(peer) {
    peer.subscribe("chat");
    peer.send({ welcome: "you" });
  },
  message(peer, message) {
    if (message.text() === "bye") peer.close(4000, "as asked");
    else peer.publish("chat", message.text());
  },
});`,
};

/** Writes the application beside the packages, and builds it with Node, as Nitro's users do. */
async function build(): Promise<{ fetch(request: Request): Response | Promise<Response> }> {
  const folder = await mkdtemp(join(packages, "application-"));
  await writeFile(join(folder, "nitro.config.mjs"), CONFIG);
  await mkdir(join(folder, "routes"));
  for (const [name, code] of Object.entries(ROUTES)) {
    await writeFile(join(folder, "routes", name), code);
  }
  const command = join(packages, "node_modules", "nitro", "dist", "cli", "index.mjs");
  const { path } = await findRuntime("node24");
  const ended = await run({ file: path, arguments: [command, "build"], folder }, BUILD_MS);
  assert.equal(ended.code, 0, ended.output + ended.errors);
  const entry = join(folder, ".output", "server", "index.mjs");
  return (await import(pathToFileURL(entry).href)).default;
}

await runProgram(async () => {
  const place = await serveHooks(await build());
  await converse(place, "as asked");
  const error = await nextRefusal(`ws://${place}/nobody`);
  assert.match(error.message, /404/);
});
