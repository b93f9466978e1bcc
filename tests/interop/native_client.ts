/** The runtime's own `WebSocket` against the server at URL. @module */
import process from "node:process";
import { runChecks } from "./checks.ts";
import { toClient } from "./event_client.ts";

await runChecks(process.argv[2]!, (url, protocols) => {
  return toClient(new WebSocket(url, [...protocols]));
});
process.exit(0);
