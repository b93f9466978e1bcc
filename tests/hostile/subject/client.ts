/**
 * The program under test as a client: `client.ts ADAPTER OPTIONS`, with the options of `connect` as
 * JSON. It connects when it is told to, and ends with its standard input.
 *
 * @module
 */
import { connect as connectTcp } from "node:net";
import process from "node:process";
import { connect, type ConnectOptions, type WebSocketConnection } from "../../../mod.ts";
import { connectDuplex } from "../../../src/runtime/web/mod.ts";
import { toDuplex } from "../../helpers/socket_duplex.ts";
import { handlerNamed } from "./handlers.ts";
import { Notes, obey, say } from "./notes.ts";

type Dial = (url: string, options: ConnectOptions) => Promise<WebSocketConnection>;

const DIALS: Record<string, Dial> = {
  client: connect,
  async "client duplex"(url, options) {
    const socket = connectTcp({
      host: "127.0.0.1",
      port: Number(new URL(url).port),
      allowHalfOpen: true,
    });
    await new Promise((resolve) => socket.once("connect", resolve));
    return await connectDuplex(toDuplex(socket), url, options);
  },
};

const [name = "", json = "{}"] = process.argv.slice(2);
const dial = DIALS[name];
if (dial === undefined) throw new Error(`client.ts: one of ${Object.keys(DIALS).join(", ")}`);
const notes = new Notes();
obey({
  notes,
  close: () => Promise.reject(new Error("no server")),
  async connect(port, count, handler) {
    const options: ConnectOptions = {
      ...JSON.parse(json),
      handler: handlerNamed(notes, handler),
      onError: (error: unknown) => notes.error(error),
    };
    const url = `ws://127.0.0.1:${port}/`;
    await Promise.all(Array.from({ length: count }, () => dial(url, options)));
  },
});
say({ listening: -1 });
