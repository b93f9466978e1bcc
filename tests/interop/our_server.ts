/** Our server, on any runtime and adapter. @module */
import process from "node:process";
import { serve, type ServeOptions, type WebSocketHandler } from "../../mod.ts";
import { SUBPROTOCOL } from "./checks.ts";
import { noteClose, readFlags, respond } from "./server_script.ts";

const { port, adapter, tls } = readFlags();
const options: ServeOptions = { port, ...(tls && { tls }) };
if (adapter === "http") options.fetch = () => new Response("over HTTP\n");

const server = await serve(options, (request): WebSocketHandler => {
  const path = new URL(request.url).pathname;
  return {
    protocol: SUBPROTOCOL,
    message: (connection, message) =>
      void respond(path, {
        send: (message) => connection.send(message),
        async sendFragments([...parts]) {
          const last = parts.pop()!;
          for (const part of parts) await connection.send(part, { final: false });
          await connection.send(last);
        },
        ping: () => connection.ping("interop"),
        close: (code, reason) => connection.close(code, reason),
      }, message),
    close: (_, ending) => noteClose(path, ending),
  };
});
if (server.address.transport !== "tcp") throw new Error("not on TCP");
console.log(`listening ${tls ? "wss" : "ws"}://127.0.0.1:${server.address.port}`);
process.on("SIGTERM", () => process.exit(0));
