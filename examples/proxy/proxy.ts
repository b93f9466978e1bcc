/**
 * A proxy of two connections: what one reads, the other sends, in both directions, at the pace of
 * the slower.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket".
import { connect, type HandlerProducer, type WebSocketConnection } from "../../mod.ts";

/** Passes messages on until the end, and then the end itself. */
async function pump(from: WebSocketConnection, to: WebSocketConnection): Promise<void> {
  for await (const message of from) await to.send(message);
  const { code, reason, wasClean } = await from.closed;
  if (wasClean && code !== 1005) await to.close(code, reason);
  else to.abort(); // 1006 is no code that can be sent
}

/** For {@linkcode serve}: forwards each connection to the same path of another server. */
export function forwardTo(target: string): HandlerProducer {
  return async (request, protocols) => {
    const { pathname, search } = new URL(request.url);
    const upstream = await connect(new URL(pathname + search, target), { protocols })
      .catch(() => new Response("the server behind is not there\n", { status: 502 }));
    if (upstream instanceof Response) return upstream;
    return {
      ...upstream.protocol === "" ? {} : { protocol: upstream.protocol },
      async session(connection) {
        await Promise.allSettled([pump(connection, upstream), pump(upstream, connection)]);
      },
    };
  };
}
