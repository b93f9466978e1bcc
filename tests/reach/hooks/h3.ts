/**
 * An application of `h3`: pages, a WebSocket route with topics, and one that refuses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { converse, nextRefusal } from "./converse.ts";
import { serveHooks } from "./serve_hooks.ts";

interface Event {
  readonly req: Request;
  readonly url: URL;
}
interface App {
  get(path: string, handler: unknown): App;
  use(path: string, middleware: (event: Event, next: () => unknown) => unknown): App;
  fetch(request: Request): Response | Promise<Response>;
}
interface HookPeer {
  readonly id: string;
  readonly context: Record<string, unknown>;
  subscribe(topic: string): void;
  publish(topic: string, message: unknown): void;
  send(message: unknown): void;
  close(code: number, reason: string): void;
}
interface H3 {
  H3: new () => App;
  defineWebSocketHandler(hooks: object): unknown;
  HTTPError: new (options: object) => Error;
}

await runProgram(async () => {
  const { H3, defineWebSocketHandler, HTTPError } = await loadPackage<H3>("h3");
  const closed: unknown[] = [];
  const app = new H3();
  app.get("/", () => "a page");
  app.use("/private/**", () => {
    throw new HTTPError({ status: 401, message: "who are you?" });
  });
  const chat = defineWebSocketHandler({
    upgrade: () => ({ headers: { "x-accepted": "by the hook" }, context: { seen: 0 } }),
    open(peer: HookPeer) {
      peer.subscribe("chat");
      peer.send({ welcome: "you" });
    },
    message(peer: HookPeer, message: { text(): string }) {
      peer.context.seen = Number(peer.context.seen) + 1;
      if (message.text() === "bye") return peer.close(4000, `${peer.context.seen} messages`);
      peer.publish("chat", message.text());
    },
    close: (_peer: HookPeer, details: object) => closed.push(details),
  });
  app.get("/chat", chat).get("/private/chat", chat);
  const place = await serveHooks(app);

  await converse(place, "2 messages");
  while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const error = await nextRefusal(`ws://${place}/private/chat`);
  assert.match(error.message, /401/);
});
