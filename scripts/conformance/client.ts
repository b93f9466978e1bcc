/**
 * A client that a fuzzing server tries: it asks how many cases there are, connects once for
 * each and echoes whatever comes. Runs unchanged by `deno run -A`, `bun` and `node` (22.18
 * or later), against Autobahn's `wstest -m fuzzingserver` too.
 *
 *     scripts/conformance/client.ts URL [--adapter tcp|h2|duplex|web] [--style message|session]
 *                           [--parallel N] [--deflate] [--no-takeover] [--max-message BYTES]
 *
 * How a connection ends is for the server to judge; this program only sees to it that
 * every case is run.
 *
 * @module
 */
import { connect as connectTcp } from "node:net";
import process from "node:process";
import { parseArgs } from "node:util";
import {
  connect,
  type ConnectOptions,
  type WebSocketConnection,
  WebSocketError,
  type WebSocketHandler,
} from "../../mod.ts";
import { connect as connectWeb, connectDuplex } from "../../src/runtime/web/mod.ts";
import { toDuplex } from "../../tests/helpers/socket_duplex.ts";

/** Its name in the server's reports. */
const AGENT = "fullduplex";

const { values: flags, positionals: [url = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    adapter: { type: "string", default: "tcp" },
    style: { type: "string", default: "message" },
    parallel: { type: "string", default: "1" },
    deflate: { type: "boolean", default: false },
    "no-takeover": { type: "boolean", default: false },
    "max-message": { type: "string" },
  },
});

type Dial = (url: string, options?: ConnectOptions) => Promise<WebSocketConnection>;

const adapters: Record<string, Dial> = {
  tcp: connect,
  h2: (target, options) => connect(target, { ...options, httpVersion: "2" }),
  web: connectWeb,
  async duplex(target, options) {
    const { hostname, port } = new URL(target);
    const socket = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true });
    await new Promise((resolve) => socket.once("connect", resolve));
    return await connectDuplex(toDuplex(socket), target, options);
  },
};

const styles: Record<string, WebSocketHandler> = {
  message: { message: (connection, message) => connection.send(message) },
  session: {
    async session(connection) {
      for await (const message of connection) await connection.send(message);
    },
  },
};

function choose<Choice>(flag: "adapter" | "style", choices: Record<string, Choice>): Choice {
  const chosen = choices[flags[flag]];
  if (chosen !== undefined) return chosen;
  console.error(`conformance_client: --${flag} is one of ${Object.keys(choices).join(", ")}`);
  process.exit(2);
}

const dial = choose("adapter", adapters);
const options: ConnectOptions = { handler: choose("style", styles), onError: ignoreClosed };
if (flags.deflate) options.compression = { takeover: !flags["no-takeover"] };
if (flags["max-message"] !== undefined) options.maxMessageBytes = Number(flags["max-message"]);

/** A session that answers one who has gone: nothing to tell. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof WebSocketError) || error.code !== "ERR_CLOSED") console.error(error);
}

async function countCases(): Promise<number> {
  const connection = await dial(`${url}/getCaseCount`);
  const count = Number(await connection.readText());
  await connection.close();
  return count;
}

async function runCase(number: number): Promise<void> {
  try {
    const { closed } = await dial(`${url}/runCase?case=${number}&agent=${AGENT}`, options);
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
const { closed } = await dial(`${url}/updateReports?agent=${AGENT}`);
await closed;
process.exit(0);
