/**
 * A server that closes at SIGTERM, as deployments ask it to: `terminable_server.ts tcp|fetch`. It
 * says `listening PORT`, and at its end what it has counted. Nothing ends the process but an empty
 * event loop.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../mod.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const counts = { begun: 0, answered: 0, fetches: 0, errors: 0 };

const fetch = async (request: Request): Promise<Response> => {
  counts.fetches++;
  if (request.url.endsWith("/events")) return new Response(new ReadableStream({}));
  await sleep(50);
  return new Response("ordinary");
};

const server = await serve({
  ...(process.argv[2] === "fetch" ? { fetch } : {}),
  onError: (error) => {
    counts.errors++;
    console.error(error);
  },
}, {
  async message(connection, message) {
    counts.begun++;
    await sleep(50);
    await connection.send(message);
    counts.answered++;
  },
});
process.once("SIGTERM", async () => {
  const { forced } = await server.close({ timeoutMs: 5_000 });
  console.log(`closed ${JSON.stringify({ ...counts, forced })}`);
});
console.log(`listening ${server.port}`);
