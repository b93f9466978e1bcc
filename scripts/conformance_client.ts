/**
 * A client that a fuzzing server tries: it asks how many cases there are, connects once for
 * each and echoes whatever comes. Runs unchanged by `deno run -A`, `bun` and `node` (22.18
 * or later), against Autobahn's `wstest -m fuzzingserver` too.
 *
 *     conformance_client.ts URL [--parallel N] [--deflate] [--max-message BYTES]
 *
 * How a connection ends is for the server to judge; this program only sees to it that
 * every case is run.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { connect, type ConnectOptions, WebSocketError } from "../mod.ts";

/** What it is called in the server's reports. */
const AGENT = "fullduplex";

const { values: flags, positionals: [url = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    parallel: { type: "string", default: "1" },
    deflate: { type: "boolean", default: false },
    "max-message": { type: "string" },
  },
});
const options: ConnectOptions = {
  compression: flags.deflate,
  // A handler, and no loop over messages: it answers what came before a broken frame.
  handler: { message: (connection, message) => connection.send(message) },
};
if (flags["max-message"] !== undefined) options.maxMessageBytes = Number(flags["max-message"]);

async function countCases(): Promise<number> {
  await using connection = await connect(`${url}/getCaseCount`);
  return Number(await connection.readText());
}

async function runCase(number: number): Promise<void> {
  try {
    const { closed } = await connect(`${url}/runCase?case=${number}&agent=${AGENT}`, options);
    await closed;
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error; // else a case of the opening handshake
  }
}

const count = await countCases();
let last = 0;
const work = async (): Promise<void> => {
  while (last < count) await runCase(++last);
};
await Promise.all(Array.from({ length: Number(flags.parallel) }, work));
const { closed } = await connect(`${url}/updateReports?agent=${AGENT}`);
await closed;
process.exit(0);
