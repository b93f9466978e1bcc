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

    /**
     * Joins, and again until the welcome is this: a process waits 100 ms for what the others know,
     * and on a busy machine they answer later.
     */
    async function join(
      server: number,
      who: string,
      { name, here }: { readonly name: string; readonly here: readonly string[] },
    ): Promise<WebSocketConnection> {
      const url = new URL(`/chat/hall?name=${who}`, servers[server]!.url);
      let welcome: ChatEvent | null = null;
      for (let tries = 0; tries < 50; tries++) {
        const connection = await connect(url, { protocols: ["chat"] });
        welcome = JSON.parse(await connection.readText({ timeoutMs: 40_000 }) ?? "null");
        const isRight = welcome?.type === "welcome" && welcome.name === name &&
          [...welcome.here].sort().join() === [...here].sort().join();
        if (isRight) return connection;
        await connection.close();
      }
      return assert.fail(`${who} was told ${JSON.stringify(welcome)}`);
    }

    /** Reads until this is told. Of those who had to join again more is told. */
    async function hear(connection: WebSocketConnection, wanted: ChatEvent): Promise<void> {
      const text = JSON.stringify(wanted), heard: string[] = [];
      while (heard.at(-1) !== text) {
        const next = await connection.readText({ timeoutMs: 40_000 });
        heard.push(next ?? assert.fail(`it was closed behind ${heard}`));
      }
    }

    it("is one chat: who is here, what is said, who leaves", async () => {
      const ada = await join(0, "Ada", { name: "Ada", here: ["Ada"] });
      const bob = await join(1, "Bob", { name: "Bob", here: ["Ada", "Bob"] });
      await hear(ada, { type: "joined", name: "Bob" });
      const other = await join(2, "Ada", { name: "Ada 2", here: ["Ada", "Bob", "Ada 2"] });
      for (const person of [ada, bob]) await hear(person, { type: "joined", name: "Ada 2" });
      await other.send("hello from Deno 👋");
      const said = { type: "said", name: "Ada 2", text: "hello from Deno 👋" } as const;
      for (const person of [ada, bob, other]) await hear(person, said);
      await bob.close();
      for (const person of [ada, other]) await hear(person, { type: "left", name: "Bob" });
      for (const person of [ada, other]) await person.close();
    });
  });
}
