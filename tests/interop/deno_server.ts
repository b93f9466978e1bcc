/** Deno's own server: `Deno.serve` and `Deno.upgradeWebSocket`. @module */
import { SUBPROTOCOL } from "./checks.ts";
import { inTurn, noteClose, readFlags, respond } from "./server_script.ts";

const { port, tls, delayMs } = readFlags();
Deno.serve({
  port,
  hostname: "127.0.0.1",
  ...tls,
  onListen: ({ port }) => console.log(`listening ${tls ? "wss" : "ws"}://127.0.0.1:${port}`),
}, (request) => {
  const path = new URL(request.url).pathname;
  const offered = request.headers.get("sec-websocket-protocol")?.split(/,\s*/) ?? [];
  const protocol = offered.includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined;
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
  socket.binaryType = "arraybuffer";
  const answer = inTurn(delayMs);
  const peer = {
    send: (message: string | Uint8Array) => socket.send(message as string),
    close: (code: number, reason: string) => socket.close(code, reason),
  };
  socket.onmessage = ({ data }) => {
    answer(() => respond(path, peer, typeof data === "string" ? data : new Uint8Array(data)));
  };
  socket.onclose = (ending) => noteClose(path, ending);
  return response;
});
