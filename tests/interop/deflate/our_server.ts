/** Our server with compression, one for each of our options, on any runtime. @module */
import process from "node:process";
import { serve, type WebSocketHandler, type WebSocketServer } from "../../../mod.ts";
import { OURS } from "./parameters.ts";

const echo: WebSocketHandler = { message: (connection, message) => connection.send(message) };

function urlOf({ address }: WebSocketServer): string {
  if (address.transport !== "tcp") throw new Error("not on TCP");
  return `ws://127.0.0.1:${address.port}`;
}

const urls: Record<string, string> = {};
for (const [name, compression] of Object.entries(OURS)) {
  urls[name] = urlOf(await serve({ port: 0, compression }, echo));
}
const fetch = (): Response => Response.json(urls);
const first = await serve({ port: 0, compression: true, fetch }, echo);
urls["beside HTTP"] = urlOf(first);
console.log(`listening ${urlOf(first)}`);
process.on("SIGTERM", () => process.exit(0));
