/** Our client with compression against all servers that the one at URL names. @module */
import process from "node:process";
import { connect } from "../../../mod.ts";
import { askForServers, type DeflateClient, runTrials } from "./exchange.ts";
import { canMeet, isTried, OURS } from "./parameters.ts";

const servers = Object.entries(await askForServers(process.argv[2]!));
await runTrials(
  Object.entries(OURS).flatMap(([name, compression]) =>
    servers.filter(([theirs]) => canMeet(compression, theirs) && isTried(name, theirs)).map((
      [theirs, url],
    ) => ({
      name: `${name} / ${theirs}`,
      async dial(): Promise<DeflateClient> {
        const connection = await connect(url, { compression });
        return {
          extensions: connection.extensions,
          send: (message) => connection.send(message),
          async receive() {
            const message = await connection.read();
            if (message === null) throw new Error(`${(await connection.closed).cause}`);
            return message;
          },
          async sendFragments([...parts]) {
            const last = parts.pop()!;
            for (const part of parts) await connection.send(part, { final: false });
            await connection.send(last);
          },
          close: (code, reason) => connection.close(code, reason),
        };
      },
    }))
  ),
);
process.exit(0);
