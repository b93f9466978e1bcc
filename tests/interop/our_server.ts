/** Our server, on any runtime and adapter. @module */
import process from "node:process";
import { startOurServer } from "./our_peer.ts";
import { readFlags } from "./server_script.ts";

console.log(`listening ${(await startOurServer(readFlags())).url}`);
process.on("SIGTERM", () => process.exit(0));
