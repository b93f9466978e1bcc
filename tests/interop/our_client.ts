/** Our client against the server at URL: `our_client.ts URL [CA]`. @module */
import { readFileSync } from "node:fs";
import process from "node:process";
import { connect } from "../../mod.ts";
import { type Client, type Dial, type Ending, runChecks } from "./checks.ts";

const [url = "", caFile] = process.argv.slice(2);
const tls = caFile === undefined ? undefined : { ca: readFileSync(caFile, "utf8") };

const dial: Dial = async (url, protocols): Promise<Client> => {
  const connection = await connect(url, { protocols, tls });
  const closed = connection.closed.then(({ code, reason }): Ending => ({ code, reason }));
  return {
    protocol: connection.protocol,
    closed,
    send: (message) => connection.send(message),
    async receive() {
      const message = await connection.read();
      if (message === null) throw new Error(`closed with ${(await closed).code}`);
      return message;
    },
    async sendFragments([...parts]) {
      const last = parts.pop()!;
      for (const part of parts) {
        await connection.send(part, { final: false });
        await connection.ping();
      }
      await connection.send(last);
    },
    ping: async () => void await connection.ping("interop"),
    async close(code, reason) {
      await connection.close(code, reason);
      return closed;
    },
  };
};

await runChecks(url, dial);
process.exit(0);
