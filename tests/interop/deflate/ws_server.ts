/** The server of npm's `ws` with each combination of parameters. @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type DeflateSettings, WebSocketServer } from "../ws_module.ts";
import { COMBINATIONS, type Parameters, toName } from "./parameters.ts";

const urls: Record<string, string> = {};

function listen(perMessageDeflate: DeflateSettings): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(urls)));
  new WebSocketServer({ server, perMessageDeflate }).on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    })
  );
}

/** Options that are absent are left to `ws`, which would read `false` as a ban. */
export function toSettings(parameters: Parameters): DeflateSettings {
  const { serverNoTakeover, clientNoTakeover, serverBits, clientBits } = parameters;
  return {
    threshold: 0,
    ...(serverNoTakeover ? { serverNoContextTakeover: true } : {}),
    ...(clientNoTakeover ? { clientNoContextTakeover: true } : {}),
    ...(serverBits === null ? {} : { serverMaxWindowBits: serverBits }),
    ...(clientBits === null ? {} : { clientMaxWindowBits: clientBits }),
  };
}

if (import.meta.main) {
  for (const row of COMBINATIONS) urls[toName(row)] = await listen(toSettings(row));
  console.log(`listening ${Object.values(urls)[0]}`);
}
