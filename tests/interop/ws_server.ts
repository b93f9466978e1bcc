/** The server of npm's `ws`, on Node. @module */
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { SUBPROTOCOL } from "./checks.ts";
import { inTurn, noteClose, readFlags, respond } from "./server_script.ts";
import { WebSocketServer } from "./ws_module.ts";

const { port, tls, delayMs } = readFlags();
const server = tls ? createHttps(tls) : createHttp();
const handleProtocols = (protocols: Set<string>) => protocols.has(SUBPROTOCOL) && SUBPROTOCOL;
new WebSocketServer({ server, handleProtocols }).on("connection", (socket, request) => {
  const path = request.url ?? "/";
  const answer = inTurn(delayMs);
  const peer = {
    send: (message: string | Uint8Array) => socket.send(message),
    sendFragments([...parts]: readonly string[]) {
      const last = parts.pop()!;
      for (const part of parts) socket.send(part, { fin: false });
      socket.send(last);
    },
    ping: () =>
      new Promise<void>((resolve) => {
        socket.once("pong", resolve);
        socket.ping("interop");
      }),
    close: (code: number, reason: string) => socket.close(code, reason),
  };
  socket.on("message", (data, isBinary) => {
    answer(() => respond(path, peer, isBinary ? data : String(data)));
  });
  socket.on("close", (code, reason) => noteClose(path, { code, reason: String(reason) }));
});
server.listen(port, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`listening ${tls ? "wss" : "ws"}://127.0.0.1:${port}`);
});
