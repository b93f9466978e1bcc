/**
 * The client of npm's `ws` with each combination of parameters, against each of our servers.
 *
 * @module
 */
import process from "node:process";
import { toClient } from "../event_client.ts";
import { WsWebSocket } from "../ws_module.ts";
import { askForServers, type DeflateClient, runTrials } from "./exchange.ts";
import { COMBINATIONS, isTried, toName } from "./parameters.ts";
import { toSettings } from "./ws_server.ts";

const servers = Object.entries(await askForServers(process.argv[2]!));
await runTrials(
  servers.flatMap(([name, url]) =>
    COMBINATIONS.filter((row) => isTried(name, toName(row))).map((row) => ({
      name: `${name} / ${toName(row)}`,
      async dial(): Promise<DeflateClient> {
        const socket = new WsWebSocket(url, [], { perMessageDeflate: toSettings(row) });
        const client = await toClient(socket);
        return {
          ...client,
          extensions: socket.extensions,
          sendFragments([...parts]) {
            const last = parts.pop()!;
            for (const part of parts) socket.send(part, { fin: false });
            socket.send(last);
          },
        };
      },
    }))
  ),
);
process.exit(0);
