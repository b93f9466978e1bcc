/**
 * Every callback of what stands above connections, in real runtimes: observers, topics and their
 * client, reconnecting and resuming. Whatever one throws or rejects with is told, nothing else is
 * disturbed, and the process does not end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  serve,
  type ServeOptions,
  type WebSocketHandler,
  type WebSocketServer,
} from "../../mod.ts";
import type { HandlerProducer, SendingConnection } from "../../src/handler.ts";
import { connect } from "../../mod.ts";
import { observe, type Observer } from "../../src/observe/mod.ts";
import { connect as connectAgain, type StableOptions } from "../../src/reconnecting/mod.ts";
import { resumable, type ResumableOptions } from "../../src/resume/mod.ts";
import { TOPICS_PROTOCOL, TopicsClient } from "../../src/topics/client/mod.ts";
import { type SubscribeOptions, Topics, topicsHandler } from "../../src/topics/mod.ts";
import type { TopicListener } from "../../src/topics/client/mod.ts";
import { itEnds } from "../helpers/connections.ts";
import { type Failing, failingWith, THROWN } from "../helpers/thrown.ts";
import { eventually } from "../helpers/waiting.ts";

const ECHO: WebSocketHandler = { message: (connection, message) => connection.send(message) };

/** A server for the time of a call. */
async function serving<T>(
  handler: WebSocketHandler | HandlerProducer,
  use: (server: WebSocketServer) => Promise<T>,
  options: ServeOptions = {},
): Promise<T> {
  const server = await serve({ onRefuse: () => {}, onError: () => {}, ...options }, handler);
  try {
    return await use(server);
  } finally {
    await server.close({ timeoutMs: 0 });
  }
}

/** Runs something with every failing callback; each failure must be printed as it was thrown. */
async function withEach(run: (fail: Failing) => Promise<unknown>): Promise<void> {
  const { error: print } = console, told: unknown[] = [];
  console.error = (...values: unknown[]) => void told.push(values.at(-1));
  try {
    for (const [name, thrown] of Object.entries(THROWN)) {
      for (const fail of failingWith(thrown)) {
        told.length = 0;
        await run(fail);
        const isTold = () => told.some((value) => value === thrown || value instanceof TypeError);
        await eventually(`${name} is told`, isTold);
      }
    }
  } finally {
    console.error = print;
  }
}

async function echoes(url: string): Promise<void> {
  const honest = await connect(url);
  await honest.send("hello");
  assert.equal(await honest.read(), "hello");
  await honest.close();
}

describe("an observer that fails is told, and connections go on", () => {
  const methods = ["onOpen", "onReceive", "onSend", "onRoundTrip", "onClose", "onRefuse"] as const;
  for (const method of methods) {
    itEnds(method, () =>
      withEach((fail) =>
        serving(ECHO, async (server) => {
          const others: string[] = [];
          observe(server, { [method]: fail } as Observer);
          observe(server, { [method]: () => void others.push(method) } as Observer);
          const headers = { origin: "http://other.example" };
          if (method === "onRefuse") await assert.rejects(connect(server.url, { headers }));
          const connection = await connect(server.url);
          for (const accepted of server.connections) await accepted.ping();
          await connection.send("hi");
          assert.equal(await connection.read(), "hi");
          await connection.close();
          await eventually("the other observer is told", () => others.length > 0);
        })
      ));
  }
});

describe("a callback of topics that fails closes its own subscriber only", () => {
  for (const name of ["format", "announce"] as const) {
    itEnds(name, () =>
      withEach(async (fail) => {
        const topics = new Topics();
        const failing: SubscribeOptions = { [name]: fail };
        let begun = 0;
        await serving({
          async open(connection: SendingConnection) {
            const isBad = connection.request.url.endsWith("/fails");
            await topics.subscribe(connection, "room", isBad ? failing : {});
            begun++;
          },
        }, async (server) => {
          const bad = await connect(`${server.url}fails`), good = await connect(server.url);
          await eventually("both have begun", () => begun === 2);
          for (const message of ["1", "2"]) void topics.publish("room", message);
          for (const message of ["1", "2"]) assert.equal(await good.read(), message);
          assert.equal((await bad.closed).code, 1011);
        });
      }));
  }

  for (const name of ["onMessage", "onSubscribed", "onRefused"] as const) {
    itEnds(
      `(${name} of a client) and is told, and its other topics go on`,
      () =>
        withEach(async (fail) => {
          const topics = new Topics();
          const authorize = ({ topic }: { topic: string }) => topic !== "secret";
          await serving(topicsHandler(topics, { authorize }), async (server) => {
            const connection = await connect(server.url, { protocols: [TOPICS_PROTOCOL] });
            const client = new TopicsClient(connection), got: unknown[] = [];
            const listener: TopicListener = { onMessage() {}, [name]: fail };
            client.subscribe(name === "onRefused" ? "secret" : "room", listener);
            client.subscribe("other", { onMessage: (message) => void got.push(message) });
            await eventually("it is in", () => topics.count("other") === 1);
            await topics.publish("room", "for nobody");
            await topics.publish("other", "goes on");
            await eventually("the other topic goes on", () => got.length === 1);
            await client.close();
          });
        }),
    );
  }
});

describe("a callback of reconnecting that fails is told, and the client goes on", () => {
  for (const name of ["onAttempt", "onDisconnect", "onUnsent"] as const) {
    itEnds(name, () =>
      withEach((fail) =>
        serving(ECHO, async (server) => {
          // At once: the three attempts may have failed before a later turn.
          const onDisconnect = (): void => void client.send("never").catch(() => {});
          const reconnect: StableOptions = {
            ...{ firstDelayMs: 1, maxAttempts: 3, ...name === "onUnsent" ? { onDisconnect } : {} },
            ...{ [name]: fail },
          };
          const client = await connectAgain(server.url, { reconnect });
          await client.send("one");
          assert.equal(await client.read(), "one");
          if (name === "onDisconnect") {
            const [first] = server.connections;
            first!.abort();
            const isBack = () => [...server.connections].some((next) => next !== first);
            await eventually("it is back", isBack);
            await client.send("two");
            assert.equal(await client.read(), "two");
          }
          if (name !== "onUnsent") return void await client.close();
          await server.close({ timeoutMs: 0 });
          await client.closed;
        })
      ));
  }

  itEnds("(onConnect) ends that connection, and the next one is tried", async () => {
    for (const thrown of Object.values(THROWN)) {
      for (const fail of failingWith(thrown)) {
        let calls = 0;
        const { error: print } = console;
        console.error = () => {};
        try {
          await serving(ECHO, async (server) => {
            const onConnect = (): unknown => calls++ === 0 ? fail() : undefined;
            const client = await connectAgain(server.url, {
              reconnect: { firstDelayMs: 1, onConnect },
            });
            await client.send("again");
            assert.equal(await client.read(), "again");
            await client.close();
          });
        } finally {
          console.error = print;
        }
        assert.equal(calls, 2);
      }
    }
  });

  for (const name of ["url", "headers", "protocols", "shouldRetry"] as const) {
    itEnds(`(${name}) is a reason to give up or to try again, never more`, async () => {
      for (const thrown of Object.values(THROWN)) {
        for (const fail of failingWith(thrown)) {
          await serving(ECHO, async (server) => {
            const reconnect = { firstDelayMs: 1, maxAttempts: 2 };
            const failed = name === "shouldRetry"
              ? connectAgain("ws://127.0.0.1:1/", {
                reconnect: { ...reconnect, shouldRetry: fail },
              })
              : name === "url"
              ? connectAgain(fail, { reconnect })
              : connectAgain(server.url, { reconnect, [name]: fail });
            await failed.then(() => assert.fail("it connected"), () => {});
            await echoes(server.url);
          });
        }
      }
    });
  }
});

describe("a callback of resuming that fails is told, and the session goes on", () => {
  for (const name of ["onResume of the client", "onResume", "onError"] as const) {
    itEnds(name, () =>
      withEach(async (fail) => {
        const told: unknown[] = [];
        const options: ResumableOptions = name === "onResume"
          ? { onResume: fail, onError: (error) => console.error(error) }
          : { onError: name === "onError" ? fail : (error) => void told.push(error) };
        const handler: WebSocketHandler = {
          message(connection, message) {
            if (message === "throw") throw new Error("for onError");
            return connection.send(message);
          },
        };
        await serving(resumable(handler, options), async (server) => {
          const reconnect: StableOptions = { firstDelayMs: 1 };
          if (name === "onResume of the client") reconnect.onResume = fail;
          const client = await connectAgain(server.url, { resume: true, reconnect });
          await client.send("one");
          assert.equal(await client.read(), "one");
          if (name === "onError") {
            await client.send("throw");
            return void await client.close();
          }
          for (const connection of [...server.connections]) connection.abort();
          await client.send("two");
          assert.equal(await client.read(), "two");
          await client.close();
        });
      }));
  }
});
