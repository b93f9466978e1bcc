/**
 * Prints how large the package is: its tarball, what it takes installed, and its bundles.
 * Without it the client for browsers would grow unseen beyond its limit.
 *
 *     deno task size
 *
 * Fails when the client alone is larger than {@linkcode MAX_CLIENT_BYTES} with any bundler, or
 * holds code that no browser needs, or leaves modules to be loaded late, for which bundlers add a
 * loader. esbuild, Vite, webpack and Rollup must all come to the limit.
 *
 * @module
 */
import process from "node:process";
import { bundleClient } from "./bundlers.ts";
import { type BundleRequest, findFeatures, findIntruders, makeBundles } from "./bundle.ts";
import { ensurePackage, makeTarball, readPackageJson } from "./npm_package.ts";
import { formatTable } from "../lib/table.ts";

/** The client alone, minified and gzipped. */
const MAX_CLIENT_BYTES = 8 * 1024;
/** The same with `reconnecting`. */
const MAX_RECONNECTING_BYTES = 10 * 1024;

ensurePackage();
const { name } = readPackageJson();
const { bytes: tarballBytes, files } = makeTarball();
const client = `export { connect } from "${name}";`;
const both = `export { connect, serve } from "${name}";`;
const bundles: readonly (BundleRequest & { readonly what: string })[] = [
  { what: "connect, for browsers", code: client, platform: "browser" },
  {
    what: "reconnecting, for browsers",
    code: `export { connect } from "${name}"; export { reconnecting } from "${name}/reconnecting";`,
    platform: "browser",
    countsLate: false, // the code of `resume` is loaded by who asks for it
  },
  { what: "all of ./web", code: `export * from "${name}/web";`, platform: "browser" },
  ...["node", "bun", "deno"].map((condition) => ({
    what: `serve and connect, for ${condition}`,
    code: both,
    platform: "node" as const,
    conditions: [condition],
  })),
];
const made = await makeBundles(bundles);
const byBundler = Object.entries(await bundleClient(name));

const installed = files.reduce((sum, { size }) => sum + size, 0);
console.log(formatTable([
  ["what", "", "bytes", "gzipped", "files"],
  ["tarball", "", "", `${tarballBytes}`, `${files.length}`],
  ["installed", "", `${installed}`, "", `${files.length}`],
  ...made.map(({ bytes, gzipBytes, modules }, index) => [
    bundles[index]!.what,
    "minified",
    `${bytes}`,
    `${gzipBytes}`,
    `${modules.filter((path) => !path.startsWith("node:")).length}`,
  ]),
  ...byBundler.map(([bundler, { bytes, gzipBytes, files }]) => [
    `connect, by ${bundler}`,
    "minified",
    `${bytes}`,
    `${gzipBytes}`,
    `${files}`,
  ]),
]));

const faults: string[] = [];
const [ofClient, ofReconnecting, ofWeb, ...ofRuntimes] = made;
console.log(`\nin connect, for browsers:\n  ${ofClient!.modules.join("\n  ")}\n`);
for (const [bundler, { gzipBytes, files }] of byBundler) {
  if (gzipBytes > MAX_CLIENT_BYTES) {
    faults.push(`the client by ${bundler} is ${gzipBytes} bytes gzipped, over ${MAX_CLIENT_BYTES}`);
  }
  if (files > 1) faults.push(`the client by ${bundler} has ${files} files`);
}
if (ofReconnecting!.gzipBytes > MAX_RECONNECTING_BYTES) {
  const { gzipBytes } = ofReconnecting!;
  faults.push(`with reconnecting it is ${gzipBytes} bytes, over ${MAX_RECONNECTING_BYTES}`);
}
for (const intruder of findIntruders([...ofClient!.modules, ...ofReconnecting!.modules])) {
  faults.push(`a browser's client holds ${intruder}`);
}
for (const path of ofWeb!.modules.filter((path) => path.startsWith("node:"))) {
  faults.push(`./web holds ${path}`);
}
for (const [index, { modules }] of made.entries()) {
  for (const path of findFeatures(modules)) faults.push(`${bundles[index]!.what}: ${path}`);
}
// One adapter for each, which is what the conditions of `.` are for.
for (const [index, { modules }] of ofRuntimes.entries()) {
  const { what, conditions } = bundles[index + 3]!;
  const others = ["node", "bun", "deno"].filter((other) => other !== conditions![0]);
  const foreign = new RegExp(`/runtime/(?:${others.join("|")})/`);
  for (const path of modules.filter((path) => foreign.test(path))) faults.push(`${what}: ${path}`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
const largest = Math.max(...byBundler.map(([, { gzipBytes }]) => gzipBytes));
console.log(`the client is at most ${largest} of ${MAX_CLIENT_BYTES} bytes, with no server in it`);
