/**
 * `./reconnecting/web` over the platform's `WebSocket`, and the signs of a browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { SendingConnection } from "../../src/handler.ts";
import { serve } from "../../mod.ts";
import { systemClock } from "../../src/clock.ts";
import { answerPolicy } from "../../src/reconnecting/answers.ts";
import { makeReconnectHost } from "../../src/reconnecting/host.ts";
import { connect, reconnecting } from "../../src/reconnecting/web.ts";
import { resumable } from "../../src/resume/mod.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { eventually } from "../helpers/waiting.ts";

describe("reconnecting in a browser", () => {
  itEnds("gives connection after connection of the platform", async () => {
    const server = await serve({}, {
      open: (connection) => connection.send("hello"),
      message() {},
    });
    const { port } = server.address as { port: number };
    let count = 0;
    for await (const connection of reconnecting(`ws://127.0.0.1:${port}/`, { firstDelayMs: 10 })) {
      assert.equal(await connection.read(), "hello");
      if (++count === 3) break;
      for (const each of server.connections) each.close(4000);
    }
    await server.close({ timeoutMs: 0 });
  });

  itEnds("goes on with a session", async () => {
    const sessions: SendingConnection[] = [], told: boolean[] = [];
    const handler = resumable({
      open: (connection) => void sessions.push(connection),
      message() {},
    });
    const server = await serve({}, handler);
    const { port } = server.address as { port: number };
    const connection = await connect(`ws://127.0.0.1:${port}/`, {
      resume: true,
      reconnect: { firstDelayMs: 10, onResume: ({ resumed }) => void told.push(resumed) },
    });
    for (const under of server.connections) under.abort();
    await sessions[0]!.send("still here");
    assert.equal(await connection.readText({ timeoutMs: 40_000 }), "still here");
    assert.deepEqual(told, [true]);
    await rejectsWith(connection.ping(), "ERR_NOT_SUPPORTED");
    await rejectsWith(connection.close(1001), "ERR_NOT_SUPPORTED");
    await connection.close(4000);
    await eventually("the end of the session", () => sessions[0]!.readyState === 3);
    await server.close({ timeoutMs: 0 });
  });
});

describe("the signs of a browser", () => {
  itEnds("are `online`, and a page that becomes visible", () => {
    const host = makeReconnectHost({
      connect: () => Promise.reject(new Error("not here")),
      makePings: () => assert.fail("no pings"),
      canClose: () => true,
      answers: answerPolicy,
    });
    const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    const listeners = new Map<string, unknown>();
    const before = Object.getOwnPropertyDescriptors(globalThis);
    const define = (name: string, value: unknown): void =>
      void Object.defineProperty(globalThis, name, { configurable: true, value });
    define("document", page);
    define("addEventListener", (name: string, listener: unknown) => listeners.set(name, listener));
    define("removeEventListener", (name: string) => listeners.delete(name));
    try {
      let signs = 0;
      const stop = host.listenForSigns(() => void signs++);
      page.dispatchEvent(new Event("visibilitychange"));
      assert.equal(signs, 0, "it is hidden");
      page.visibilityState = "visible";
      page.dispatchEvent(new Event("visibilitychange"));
      assert.equal(signs, 1);
      (listeners.get("online") as () => void)();
      assert.equal(signs, 2);
      stop();
      page.dispatchEvent(new Event("visibilitychange"));
      assert.deepEqual([signs, listeners.size], [2, 0]);
    } finally {
      for (const name of ["document", "addEventListener", "removeEventListener"] as const) {
        const descriptor = before[name as keyof typeof before];
        if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
        else Object.defineProperty(globalThis, name, descriptor);
      }
    }
    assert.equal(typeof host.wallNow(), "number");
    assert.notEqual(host.clock, systemClock, "who waits for an attempt keeps the process alive");
    return Promise.resolve();
  });
});
