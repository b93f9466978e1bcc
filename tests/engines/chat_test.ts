/** The chat on a process of each runtime at once, over real engines. @module */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ChatEvent } from "../../examples/chat/chat.ts";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { findRuntime } from "../../scripts/lib/runtimes.ts";
import { type ExampleProcess, startExample } from "../helpers/example_process.ts";
import { type Engine, startNats, startRedis } from "./servers.ts";

for (const [name, start] of [["redis", startRedis], ["nats", startNats]] as const) {
  describe(`chat over ${name}, on Node, Bun and Deno`, { timeout: 180_000 }, () => {
    let engine: Engine;
    const servers: ExampleProcess[] = [];

    before(async () => {
      engine = await start();
      const url = name === "redis"
        ? `redis://127.0.0.1:${engine.port}`
        : `127.0.0.1:${engine.port}`;
      for (const runtime of ["node24", "bun", "deno"] as const) {
        const flags = [`--${name}`, url];
        servers.push(
          await startExample(await findRuntime(runtime), { file: "chat/main.ts", flags }),
        );
      }
    });

    after(async () => {
      for (const server of servers) await server.stop("SIGKILL");
      await engine.stop();
    });

    async function join(server: number, who: string): Promise<WebSocketConnection> {
      return await connect(new URL(`/chat/hall?name=${who}`, servers[server]!.url), {
        protocols: ["chat"],
      });
    }

    async function hear(connection: WebSocketConnection): Promise<ChatEvent> {
      return JSON.parse(await connection.readText({ timeoutMs: 40_000 }) ?? "null");
    }

    it("is one chat: who is here, what is said, who leaves", async () => {
      const ada = await join(0, "Ada");
      assert.deepEqual(await hear(ada), { type: "welcome", name: "Ada", here: ["Ada"] });
      const bob = await join(1, "Bob");
      assert.deepEqual(await hear(bob), {
        type: "welcome",
        name: "Bob",
        here: ["Bob", "Ada"].sort(),
      });
      assert.deepEqual(await hear(ada), { type: "joined", name: "Bob" });
      const other = await join(2, "Ada");
      assert.equal((await hear(other) as { name: string }).name, "Ada 2");
      for (const person of [ada, bob]) {
        assert.deepEqual(await hear(person), { type: "joined", name: "Ada 2" });
      }
      await other.send("hello from Deno 👋");
      for (const person of [ada, bob, other]) {
        assert.deepEqual(await hear(person), {
          type: "said",
          name: "Ada 2",
          text: "hello from Deno 👋",
        });
      }
      await bob.close();
      for (const person of [ada, other]) {
        assert.deepEqual(await hear(person), { type: "left", name: "Bob" });
      }
      for (const person of [ada, other]) await person.close();
    });
  });
}
