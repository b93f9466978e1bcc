/** The client of npm's `ws` against the server at URL: `ws_client.ts URL [CA]`. @module */
import { readFileSync } from "node:fs";
import process from "node:process";
import { type Client, runChecks } from "./checks.ts";
import { toClient } from "./event_client.ts";
import { WsWebSocket } from "./ws_module.ts";

const [url = "", caFile] = process.argv.slice(2);
const tls = caFile === undefined ? {} : { ca: readFileSync(caFile, "utf8") };

await runChecks(url, async (url, protocols): Promise<Client> => {
  const socket = new WsWebSocket(url, [...protocols], tls);
  const ping = (): Promise<void> =>
    new Promise((resolve) => {
      socket.once("pong", resolve);
      socket.ping("interop");
    });
  return {
    ...(await toClient(socket)),
    ping,
    async sendFragments([...parts]) {
      const last = parts.pop()!;
      for (const part of parts) {
        socket.send(part, { fin: false });
        await ping();
      }
      socket.send(last);
    },
  };
});
process.exit(0);
