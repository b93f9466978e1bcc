/** The runtime's own `WebSocket` against each of our servers. It compresses as it likes. @module */
import process from "node:process";
import { toClient } from "../event_client.ts";
import { askForServers, type DeflateClient, runTrials } from "./exchange.ts";

const servers = Object.entries(await askForServers(process.argv[2]!));
await runTrials(servers.map(([name, url]) => ({
  name,
  async dial(): Promise<DeflateClient> {
    const socket = new WebSocket(url);
    return { ...await toClient(socket), extensions: socket.extensions };
  },
})));
process.exit(0);
