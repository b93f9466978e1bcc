/**
 * A client that is not ours, tried as `scripts/conformance/client.ts` is:
 * `client.ts native|ws URL [--parallel N] [--no-takeover]`.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";

const { values: flags, positionals: [library, url = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    parallel: { type: "string", default: "1" },
    "no-takeover": { type: "boolean", default: false },
  },
});

async function dial(target: string): Promise<WebSocket> {
  if (library === "native") return new WebSocket(target);
  const { WsWebSocket } = await import("../../interop/ws_module.ts");
  return new WsWebSocket(target, [], {
    perMessageDeflate: flags["no-takeover"] ? { clientNoContextTakeover: true } : true,
  });
}

/** Echoes until the end; gives the last message. */
async function echo(path: string, isEcho = true): Promise<unknown> {
  const socket = await dial(`${url}${path}`);
  socket.binaryType = "arraybuffer";
  let last: unknown;
  return await new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      last = data;
      if (isEcho) socket.send(data);
    };
    socket.onerror = () => {
      // Node 22's does not say more than this when the opening handshake failed.
      if (socket.readyState === socket.CLOSED || socket.readyState === socket.CONNECTING) {
        resolve(last);
      }
    };
    socket.onclose = () => resolve(last);
  });
}

const count = Number(await echo("/getCaseCount", false));
let started = 0;
const work = async (): Promise<void> => {
  while (started < count) await echo(`/runCase?case=${++started}&agent=${library}`);
};
await Promise.all(Array.from({ length: Number(flags.parallel) }, work));
await echo(`/updateReports?agent=${library}`, false);
process.exit(0);
