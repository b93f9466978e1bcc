/**
 * Listeners of the face `./ws`: those of a browser, and how many messages they have at work.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { WebSocket } from "../../src/ws/mod.ts";
import { nextClose, withServer } from "./helpers.ts";

/** A port that was free a moment ago, on which nothing listens. */
const CLOSED = "ws://127.0.0.1:1";

describe("listeners as of a browser", () => {
  it("are called with events, once if so wanted, and can be removed", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const told: unknown[] = [];
      const listener = ({ type, data, target }: { type: string; data: unknown; target: unknown }) =>
        told.push([type, data, target === client]);
      client.addEventListener("message", listener);
      client.addEventListener("message", listener);
      client.addEventListener("message", { handleEvent: () => told.push("once") }, { once: true });
      client.onmessage = ({ data }) => told.push(data);
      socket.send("a");
      await once(client, "message");
      client.removeEventListener("message", listener);
      client.onmessage = null;
      socket.send(Uint8Array.of(1));
      await once(client, "message");
      assert.deepEqual(told, [["message", "a", true], "once", "a"]);
      assert.equal(client.onmessage, null);
      const closed = new Promise((resolve) => client.onclose = resolve);
      socket.close(4000, "bye");
      const { type, code, reason, wasClean } = await closed as Record<string, unknown>;
      assert.deepEqual([type, code, reason, wasClean], ["close", 4000, "bye", true]);
    });
  });

  it("hear of open and error of a client", async () => {
    await withServer({}, async ({ url }) => {
      const client = new WebSocket(url);
      await new Promise((resolve) => client.onopen = resolve);
      client.terminate();
      await nextClose(client);
    });
    const failed = new WebSocket(CLOSED), closed = nextClose(failed);
    const event = await new Promise<{ error: Error; message: string }>((resolve) => {
      failed.onerror = resolve;
    });
    assert.equal(event.message, event.error.message);
    await closed;
  });
});

describe("awaitListeners", () => {
  it("delivers the next message when the listeners of one are done", async () => {
    await withServer({ awaitListeners: 1 }, async ({ open }) => {
      const { client, socket } = await open();
      const told: string[] = [];
      let finish = (): void => {};
      const both = new Promise<void>((resolve) => {
        socket.on("message", async (data) => {
          told.push(`begin ${data}`);
          if (String(data) === "a") await new Promise<void>((done) => finish = done);
          told.push(`end ${data}`);
          if (String(data) === "b") resolve();
        });
      });
      client.send("a");
      client.send("b");
      client.ping();
      await once(socket, "ping"); // it came last
      assert.deepEqual(told, ["begin a"]);
      finish();
      await both;
      assert.deepEqual(told, ["begin a", "end a", "begin b", "end b"]);
    });
  });

  it("awaitListeners of 2 has the listeners of two messages at work, and the third waits", async () => {
    await withServer({ awaitListeners: 2 }, async ({ open }) => {
      const { client, socket } = await open();
      const told: string[] = [];
      const gates: (() => void)[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", async (data) => {
          told.push(data.toString());
          if (told.length === 3) resolve();
          await new Promise<void>((done) => gates.push(done));
        });
      });
      for (const text of ["a", "b", "c"]) client.send(text);
      client.ping();
      await once(socket, "ping");
      assert.deepEqual(told, ["a", "b"]);
      gates[1]!();
      await all;
      for (const open of gates) open();
    });
  });

  it("closes with 1011 when a listener rejects", async () => {
    await withServer({ awaitListeners: 1 }, async ({ open }) => {
      const { client, socket } = await open();
      const reported = console.error;
      console.error = () => {};
      try {
        socket.on("message", () => Promise.reject(new Error("no")));
        client.send("a");
        assert.deepEqual(await nextClose(client), [1011, ""]);
      } finally {
        console.error = reported;
      }
    });
  });
});
