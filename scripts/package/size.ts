/**
 * Prints how large the package is: its tarball, what it takes installed, and its bundles.
 * Without it the client for browsers would grow unseen beyond its limit.
 *
 *     deno task size
 *
 * Fails when the client alone is larger than {@linkcode MAX_CLIENT_BYTES}, or holds code that no
 * browser needs. The client counts without modules that an option loads late (`handler`, `resume`).
 *
 * @module
 */
import process from "node:process";
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
  // A handler's code, and that of `resume`, is loaded by who asks for it.
  { what: "connect, for browsers", code: client, platform: "browser", countsLate: false },
  {
    what: "reconnecting, for browsers",
    code: `export { connect } from "${name}"; export { reconnecting } from "${name}/reconnecting";`,
    platform: "browser",
    countsLate: false,
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
]));

const faults: string[] = [];
const [ofClient, ofReconnecting, ofWeb, ...ofRuntimes] = made;
console.log(`\nin connect, for browsers:\n  ${ofClient!.modules.join("\n  ")}\n`);
if (ofClient!.gzipBytes > MAX_CLIENT_BYTES) {
  faults.push(`the client is ${ofClient!.gzipBytes} bytes gzipped, over ${MAX_CLIENT_BYTES}`);
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
console.log(
  `the client is ${ofClient!.gzipBytes} of ${MAX_CLIENT_BYTES} bytes, with no server in it`,
);
