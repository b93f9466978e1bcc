/**
 * The server that a program with hooks runs on: ours, or crossws's own as the control.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../../mod.ts";
import { type ForeignHooks, fromHooks } from "../../../src/hooks/mod.ts";
import { loadPackage } from "../load_package.ts";

interface Crossws {
  serve(options: object): { ready(): Promise<unknown>; readonly url: string };
}

/** An application that answers requests, some of them with hooks. */
interface Application {
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * Serves hooks, or an application that answers with them, on a free port; gives `127.0.0.1:PORT`.
 */
export async function serveHooks(
  source: ForeignHooks | Application,
  options: { concurrency?: number } = {},
): Promise<string> {
  if (process.env.REACH_FACE === "crossws") return await serveByCrossws(source);
  const { address } = "fetch" in source
    ? await serve(
      { fetch: (request) => source.fetch(request) },
      fromHooks((request) => source.fetch(request)),
    )
    : await serve({}, fromHooks(source, options));
  return address.transport === "tcp" ? `${address.hostname}:${address.port}` : address.path;
}

async function serveByCrossws(source: ForeignHooks | Application): Promise<string> {
  const crossws = await loadPackage<Crossws>("crossws/server");
  const server = crossws.serve({
    port: 0,
    hostname: "127.0.0.1",
    silent: true,
    ..."fetch" in source
      ? { fetch: (request: Request) => source.fetch(request), websocket: {} }
      : { fetch: () => new Response("not here", { status: 404 }), websocket: source },
  });
  await server.ready();
  return new URL(server.url).host;
}
