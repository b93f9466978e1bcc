/**
 * Topics on one adapter, in the real runtime: messages of both kinds, policies, and a connection
 * that leaves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { MessageHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { Topics } from "../../src/topics/topics.ts";
import { itEnds } from "../helpers/connections.ts";
import { eventually } from "../helpers/waiting.ts";

/** A server of one kind, with a handler. */
export interface Adapter {
  readonly name: string;
  /** Starts it; gives its URL, and what ends it. */
  start(handler: MessageHandler): Promise<{ url: string; stop(): Promise<unknown> }>;
}

/** Declares the tests for an adapter. */
export function topicsOn({ name, start }: Adapter): void {
  describe(`topics on ${name}`, () => {
    itEnds("reach all subscribers, in order with what each is sent alone", async () => {
      const topics = new Topics({ history: { messages: 10, seconds: 60 } });
      const { url, stop } = await start({
        open: (connection) => topics.subscribe(connection, "room", { policy: "disconnect" }),
        async message(connection, message) {
          const published = topics.publish("room", message, { except: connection });
          connection.send(`said ${message}`);
          await published;
        },
      });
      const [a, b] = [await connect(url), await connect(url)];
      await eventually("two are subscribed", () => topics.count("room") === 2);
      await topics.publish("room", "€ to all");
      await topics.publish("room", Uint8Array.of(0, 255));
      await a.send("one");
      await a.send("two");
      assert.deepEqual(await readMany(a, 4), [
        "€ to all",
        Uint8Array.of(0, 255),
        "said one",
        "said two",
      ]);
      assert.deepEqual(await readMany(b, 4), ["€ to all", Uint8Array.of(0, 255), "one", "two"]);
      await b.close();
      while (topics.count("room") > 1) await new Promise((resolve) => setTimeout(resolve, 5));
      await a.close();
      while (topics.count("room") > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await stop();
    });

    itEnds("keep the order of a turn's messages, sends and Close", async () => {
      const topics = new Topics();
      const { url, stop } = await start({
        open: (connection) => topics.subscribe(connection, "room"),
        message(connection, message) {
          topics.publish("room", `1 ${message}`);
          topics.publish("room", new Uint8Array());
          topics.publish("room", "2");
          connection.send("3");
          topics.publish("room", "4");
          topics.publish("room", "x".repeat(70_000));
          topics.publish("room", "5");
          connection.close(1000, "enough");
        },
      });
      const [a, b] = [await connect(url), await connect(url)];
      await eventually("two are subscribed", () => topics.count("room") === 2);
      await a.send("€");
      const published = ["1 €", new Uint8Array(), "2", "4", "x".repeat(70_000), "5"];
      assert.deepEqual(await readMany(b, 6), published);
      assert.deepEqual(await readMany(a, 7), published.toSpliced(3, 0, "3"));
      assert.deepEqual(await a.read(), null);
      assert.equal((await a.closed).code, 1000);
      await b.close();
      await stop();
    });

    itEnds("drop a receiver that does not read, and no other", async () => {
      const topics = new Topics();
      const { url, stop } = await start({
        open: (connection) => topics.subscribe(connection, "room", { policy: "disconnect" }),
      });
      const [reader, deaf] = [await connect(url), await connect(url)];
      await eventually("two are subscribed", () => topics.count("room") === 2);
      const text = "x".repeat(64 * 1024);
      for (let count = 0; topics.count("room") > 1 && topics.dropped === 0; count++) {
        assert.ok(count < 10_000, "the deaf one is still there");
        await topics.publish("room", text);
        assert.equal(await reader.readText({ timeoutMs: 40_000 }), text);
      }
      assert.equal(topics.dropped, 1);
      deaf.abort();
      await reader.close();
      await stop();
    });
  });
}

async function readMany(connection: WebSocketConnection, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < count) {
    messages.push(await connection.read({ timeoutMs: 40_000 }) ?? assert.fail("it was closed"));
  }
  return messages;
}
