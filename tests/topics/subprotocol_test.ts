/**
 * The subprotocol `topics.fullduplex`: a server and its client, over connections that are lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WebSocketConnection } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { pairConnections } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { type TopicListener, TopicsClient } from "../../src/topics/client/topics_client.ts";
import { Topics } from "../../src/topics/topics.ts";
import { topicsHandler, type TopicsHandlerOptions } from "../../src/topics/topics_handler.ts";
import {
  readClientMessage,
  TOPICS_PROTOCOL,
  writeMessage,
} from "../../src/topics/wire_messages.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { untyped } from "../helpers/untyped.ts";

const all: TopicsHandlerOptions = { authorize: () => true };

/** A server with topics, and clients that the test connects and cuts off. */
class Room {
  readonly topics = new Topics({ history: { messages: 10, seconds: 60 } });
  readonly #handler;
  readonly #waiting: ((connection: WebSocketConnection) => void)[] = [];
  #transports: { lose(): void } | null = null;

  constructor(options: TopicsHandlerOptions = all) {
    this.#handler = topicsHandler(this.topics, options);
  }

  /** A client of which each connection is made by `connect`. */
  client(): TopicsClient {
    const waiting = this.#waiting;
    return new TopicsClient((async function* () {
      for (;;) yield await new Promise<WebSocketConnection>((resolve) => waiting.push(resolve));
    })());
  }

  async connect(): Promise<void> {
    const { client, transports } = await pairConnections(this.#handler, {
      client: { protocols: [TOPICS_PROTOCOL] },
    });
    this.#transports = transports.server;
    await settle();
    this.#waiting.shift()!(client);
    await settle();
  }

  async lose(): Promise<void> {
    this.#transports?.lose();
    await settle();
  }
}

/** Notes all that a subscription is told. */
class Notes implements TopicListener {
  readonly messages: Message[] = [];
  readonly told: string[] = [];

  onMessage(message: Message): void {
    this.messages.push(message);
  }

  onSubscribed({ offset, resumed }: { offset: number; resumed: boolean }): void {
    this.told.push(`subscribed at ${offset}${resumed ? ", resumed" : ""}`);
  }

  onLost({ from, to }: { from: number; to: number | null }): void {
    this.told.push(`lost ${from} to ${to}`);
  }

  onRefused(reason: string): void {
    this.told.push(`refused: ${reason}`);
  }
}

describe("a client of topics", () => {
  itEnds("gets text and bytes of the topics that it follows", async () => {
    const room = new Room(), client = room.client(), notes = new Notes();
    client.subscribe("a", notes);
    await room.connect();
    await room.topics.publish("a", "one");
    await client.publish("a", Uint8Array.of(2));
    await room.topics.publish("b", "other");
    client.unsubscribe("a");
    await settle();
    await room.topics.publish("a", "late");
    await settle();
    assert.deepEqual(notes.messages, ["one", Uint8Array.of(2)]);
    assert.deepEqual(notes.told, ["subscribed at 0"]);
    await client.close();
  });

  itEnds("goes on after a lost connection where it was", async () => {
    const room = new Room(), client = room.client(), notes = new Notes();
    client.subscribe("a", notes);
    await room.connect();
    await room.topics.publish("a", "1");
    await settle();
    await room.lose();
    await rejectsWith(client.publish("a", "x"), "ERR_CLOSED");
    await room.topics.publish("a", "2");
    await room.connect();
    await room.topics.publish("a", "3");
    await settle();
    assert.deepEqual(notes.messages, ["1", "2", "3"]);
    assert.deepEqual(notes.told, ["subscribed at 0", "subscribed at 1, resumed"]);
  });

  itEnds("a client of topics is told what it has missed for good", async () => {
    const room = new Room(), client = room.client(), notes = new Notes();
    client.subscribe("a", notes);
    await room.connect();
    await room.topics.publish("a", "1");
    await settle();
    await room.lose();
    for (let number = 2; number <= 13; number++) await room.topics.publish("a", `${number}`);
    await room.connect();
    assert.deepEqual(notes.messages.length, 11);
    assert.deepEqual(notes.told.slice(1), ["subscribed at 3", "lost 2 to 3"]);
  });

  itEnds("a client of topics is refused what it may not do", async () => {
    const room = new Room({
      authorize: async ({ action, topic }) =>
        await Promise.resolve(action === "subscribe" && topic !== "secret"),
      maxTopics: 2,
    });
    const client = room.client(), notes = new Notes();
    await room.connect();
    for (const topic of ["secret", "a", "b", "c", "x".repeat(257)]) client.subscribe(topic, notes);
    await rejectsWith(client.publish("a", "x"), "ERR_BACKPLANE");
    assert.deepEqual(notes.told, [
      "refused: not allowed",
      "subscribed at 0",
      "subscribed at 0",
      "refused: a client is in at most 2 topics",
      "refused: a name has at most 256 characters",
    ]);
    await client.close();
  });

  itEnds(
    "a client of topics is let in by no answer that is not a boolean, and onError is told",
    async () => {
      for (const answer of ["yes", {}, 1, Promise.resolve("yes"), undefined]) {
        const topics = new Topics(), told: string[] = [];
        const { client } = await pairConnections(
          topicsHandler(topics, { authorize: untyped(() => answer) }),
          {
            client: { protocols: [TOPICS_PROTOCOL] },
            server: { onError: (error) => void told.push(String(error)) },
          },
        );
        client.send(writeMessage({ type: "subscribe", topic: "a" }));
        assert.equal((await client.closed).code, 1011);
        assert.match(told.join(), /^TypeError: authorize: must return a boolean/);
        assert.equal(topics.count("a"), 0);
      }
    },
  );

  itEnds("a client of topics that speaks something else is closed with 1008", async () => {
    for (
      const message of ["{}", "nonsense", '{"type":"subscribe"}', Uint8Array.of(0, 0, 0, 9, 1)]
    ) {
      const { client } = await pairConnections(topicsHandler(new Topics(), all), {
        client: { protocols: [TOPICS_PROTOCOL] },
      });
      client.send(message);
      assert.equal((await client.closed).code, 1008);
    }
  });
});

describe("messages of the subprotocol", () => {
  it("are read as they were written", () => {
    const since = { epoch: "e", offset: 5 };
    for (
      const message of [
        { type: "subscribe", topic: "a", since } as const,
        { type: "unsubscribe", topic: "€" } as const,
        { type: "publish", topic: "a", id: 1, data: "text" } as const,
        { type: "publish", topic: "a", id: 2, data: Uint8Array.of(1, 2) } as const,
      ]
    ) assert.deepEqual(readClientMessage(writeMessage(message)), message);
    for (
      const bad of [
        '{"type":"subscribe","topic":""}',
        '{"type":"subscribe","topic":"a","since":1}',
        "[]",
        "null",
      ]
    ) {
      assert.equal(readClientMessage(bad), null);
    }
  });
});
