/** Our client against the server at URL: `our_client.ts URL [CA]`. @module */
import { readFileSync } from "node:fs";
import process from "node:process";
import { runChecks } from "./checks.ts";
import { makeDial } from "./our_peer.ts";

const [url = "", caFile] = process.argv.slice(2);
await runChecks(url, makeDial(caFile === undefined ? undefined : readFileSync(caFile, "utf8")));
process.exit(0);
