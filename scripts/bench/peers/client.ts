/**
 * A client under load, on any runtime: connections with messages in flight against a server
 * that echoes them. Prints one line of JSON, as the load generator does.
 *
 *     client.ts ours|face|native|ws URL CONNECTIONS IN_FLIGHT BYTES WARM_SECONDS SECONDS
 *
 * @module
 */
import process from "node:process";
import { connect } from "../../../mod.ts";
import { WebSocket as FaceWebSocket } from "../../../src/websocket/mod.ts";
import { requireWs } from "./npm.ts";

/** Keeps `inFlight` messages on their way and counts what comes back. */
type Client = (url: string, message: Uint8Array, inFlight: number) => Promise<void>;

let received = 0;

const clients: Record<string, Client> = {
  async ours(url, message, inFlight) {
    const connection = await connect(url);
    for (let i = 0; i < inFlight; i++) connection.send(message);
    (async () => {
      while (await connection.read() !== null) {
        received++;
        connection.send(message);
      }
    })();
  },
  face: (url, message, inFlight) => runClass(new FaceWebSocket(url), message, inFlight),
  native: (url, message, inFlight) => runClass(new WebSocket(url), message, inFlight),
  ws(url, message, inFlight) {
    const socket = new (requireWs().WebSocket)(url, { perMessageDeflate: false });
    socket.on("message", () => {
      received++;
      socket.send(message);
    });
    return new Promise((resolve, reject) => {
      socket.on("open", () => {
        for (let i = 0; i < inFlight; i++) socket.send(message);
        resolve();
      });
      socket.on("error", reject);
    });
  },
};

/** The class of the platform, or ours under `./websocket`: the same code for both. */
function runClass(
  socket: WebSocket | FaceWebSocket,
  message: Uint8Array,
  inFlight: number,
): Promise<void> {
  const bytes = message as Uint8Array<ArrayBuffer>;
  socket.binaryType = "arraybuffer";
  socket.onmessage = () => {
    received++;
    socket.send(bytes);
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => {
      for (let i = 0; i < inFlight; i++) socket.send(bytes);
      resolve();
    };
    socket.onerror = reject;
  });
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const [kind = "", url = "", ...numbers] = process.argv.slice(2);
const [connections = 0, inFlight = 0, bytes = 0, warm = 0, seconds = 0] = numbers.map(Number);
const message = new Uint8Array(bytes).fill(97);
await Promise.all(
  Array.from({ length: connections }, () => clients[kind]!(url, message, inFlight)),
);
await sleep(warm);
const before = { received, cpu: process.cpuUsage(), time: performance.now() };
await sleep(seconds);
const { user, system } = process.cpuUsage(before.cpu);
console.log(JSON.stringify({
  messages: received - before.received,
  seconds: (performance.now() - before.time) / 1000,
  serverCpuNs: (user + system) * 1000,
}));
process.exit(0);
