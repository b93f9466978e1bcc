/**
 * Our server and client, as the interop tests use them.
 *
 * @module
 */
import { connect, serve, type ServeOptions, type WebSocketHandler } from "../../mod.ts";
import { type Client, type Dial, type Ending, SUBPROTOCOL } from "./checks.ts";
import { noteClose, respond, type ServerFlags } from "./server_script.ts";

function chooseHandler(request: Request): WebSocketHandler {
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
}

/** Starts our server. */
export async function startOurServer(
  { port, adapter, tls }: Pick<ServerFlags, "port" | "adapter" | "tls">,
): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const options: ServeOptions = { port, ...(tls && { tls }) };
  if (adapter === "http") options.fetch = () => new Response("over HTTP\n");
  const server = await serve(options, chooseHandler);
  if (server.address.transport !== "tcp") throw new Error("not on TCP");
  return {
    url: `${tls ? "wss" : "ws"}://127.0.0.1:${server.address.port}`,
    stop: () => server.close(),
  };
}

/** Our client; `ca` is an authority to trust, PEM. */
export function makeDial(ca?: string): Dial {
  return async (url, protocols): Promise<Client> => {
    const connection = await connect(url, {
      protocols,
      tls: ca === undefined ? undefined : { ca },
    });
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
}
