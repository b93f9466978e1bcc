/**
 * `@nats-io/nats-core`, which followed `nats.ws`: publish, subscribe, request and reply.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere } from "../program.ts";

interface Message {
  readonly subject: string;
  string(): string;
  respond(data: string): boolean;
}
interface Nats {
  wsconnect(options: {
    servers: string;
    wsFactory(url: string): Promise<{ socket: unknown; encrypted: boolean }>;
  }): Promise<{
    publish(subject: string, data: string): void;
    subscribe(subject: string, options?: {
      callback?(error: Error | null, message: Message): void;
    }): AsyncIterable<Message>;
    request(subject: string, data: string, options: { timeout: number }): Promise<Message>;
    flush(): Promise<void>;
    rtt(): Promise<number>;
    close(): Promise<void>;
  }>;
}

/** As much of a server as one connection needs: what is published goes to its own subscriptions. */
class NatsServer {
  readonly #send: (text: string) => unknown;
  readonly #subscriptions = new Map<string, string>();
  #text = "";

  constructor(send: (text: string) => unknown) {
    this.#send = send;
    send(
      `INFO ${
        JSON.stringify({
          server_id: "A",
          version: "2.10.0",
          max_payload: 1e6,
          proto: 1,
          headers: true,
        })
      }\r\n`,
    );
  }

  receive(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf("\r\n"); end >= 0; end = this.#text.indexOf("\r\n")) {
      const [verb = "", ...args] = this.#text.slice(0, end).split(" ");
      if (verb !== "PUB") this.#text = this.#text.slice(end + 2);
      if (verb === "PING") this.#send("PONG\r\n");
      if (verb === "SUB") this.#subscriptions.set(args.at(-1)!, args[0]!);
      if (verb !== "PUB") continue;
      const size = Number(args.at(-1)), start = end + 2;
      if (this.#text.length < start + size + 2) return;
      const payload = this.#text.slice(start, start + size);
      this.#text = this.#text.slice(start + size + 2);
      this.#publish(args[0]!, args.length === 3 ? ` ${args[1]}` : "", payload);
    }
  }

  #publish(subject: string, reply: string, payload: string): void {
    for (const [id, pattern] of this.#subscriptions) {
      const isFor = new RegExp(`^${pattern.replaceAll(".", "\\.").replace("*", "[^.]+")}$`);
      if (!isFor.test(subject)) continue;
      this.#send(`MSG ${subject} ${id}${reply} ${payload.length}\r\n${payload}\r\n`);
    }
  }
}

await runProgram(async () => {
  const { wsconnect } = await loadPackage<Nats>("@nats-io/nats-core");
  const url = await serveHere({
    async session(connection) {
      const server = new NatsServer((text) => connection.send(new TextEncoder().encode(text)));
      for await (const message of connection) {
        server.receive(typeof message === "string" ? message : new TextDecoder().decode(message));
      }
    },
  });
  const nats = await wsconnect({
    servers: url,
    wsFactory: (url) => {
      const socket = new WebSocket(url);
      socket.binaryType = "arraybuffer";
      return Promise.resolve({ socket, encrypted: false });
    },
  });
  const messages = nats.subscribe("news.*")[Symbol.asyncIterator]();
  nats.publish("news.one", "hello");
  const { value: message } = await messages.next();
  assert.deepEqual([message.subject, message.string()], ["news.one", "hello"]);
  nats.subscribe("ask", {
    callback: (_error, question) => question.respond(`${question.string()}!`),
  });
  const answer = await nats.request("ask", "there", { timeout: 40_000 });
  assert.equal(answer.string(), "there!");
  assert.ok(await nats.rtt() >= 0);
  await nats.close();
});
