/** The examples that are a function or two: authentication, signals, uploads, a proxy. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, routes, serve, WebSocketError } from "../../mod.ts";
import { ask } from "../../examples/abort_signal/ask.ts";
import { forwardTo } from "../../examples/proxy/proxy.ts";
import { receiveUploads, upload } from "../../examples/upload/upload.ts";
import { using } from "../helpers/using.ts";
import { findOwnRuntime, startExample } from "../helpers/example_process.ts";

const patience = { timeout: 60_000 } as const;

describe("authentication", () => {
  it("greets who has a cookie or a token, and refuses others with 401", patience, async () => {
    const example = await startExample(findOwnRuntime(), { file: "authentication/main.ts" });
    const greeting = async (path: string, headers: Record<string, string> = {}) => {
      const connection = await connect(new URL(path, example.url), { headers });
      const text = await connection.readText();
      await connection.close();
      return text;
    };
    try {
      const cookie = "theme=dark; session=secret-of-ada";
      assert.equal(await greeting("/", { cookie }), "hello Ada");
      assert.equal(await greeting("/?token=secret-of-ada"), "hello Ada");
      for (const path of ["/", "/?token=guessed"]) {
        await assert.rejects(
          greeting(path),
          (error) => error instanceof WebSocketError && error.status === 401,
        );
      }
    } finally {
      await example.stop("SIGKILL");
    }
  });
});

describe("abort_signal", () => {
  it("gives the answer, or the signal's reason and no connection", patience, async () => {
    const answers = await serve({ port: 0 }, {
      message: (connection, message) => message === "how?" ? connection.send("well") : undefined,
    });
    await using(answers, async (server) => {
      const never = new AbortController().signal;
      assert.equal(await ask(server.url, "how?", never), "well");
      const aborting = new AbortController(), reason = new Error("enough");
      const answer = ask(server.url, "why?", aborting.signal);
      while (server.connections.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      aborting.abort(reason);
      await assert.rejects(answer, reason);
      await assert.rejects(ask(server.url, "how?", aborting.signal), reason);
      while (server.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });
});

describe("upload", () => {
  it("goes no faster than it is stored, and tells both ends how far it is", patience, async () => {
    const size = 24 * 1024 * 1024, gate = Promise.withResolvers<void>();
    let stored = 0, isSame = true;
    const slow = await serve(
      { port: 0, maxMessageBytes: Infinity },
      receiveUploads(async (part) => {
        await gate.promise;
        isSame &&= part[0] === stored % 251 && part.at(-1) === (stored + part.length - 1) % 251;
        stored += part.length;
      }),
    );
    await using(slow, async (server) => {
      let sent = 0;
      const file = new Blob([new Uint8Array(size).map((_, index) => index % 251)]);
      const answer = upload(server.url, file, (bytes) => sent = bytes);
      let before = -1;
      while (sent === 0 || sent !== before) {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.ok(sent < size, `${sent} bytes were sent to a server that stores none`);
      gate.resolve();
      assert.equal(await answer, `${size} bytes`);
      assert.deepEqual([sent, stored, isSame], [size, size, true]);
    });
  });
});

describe("proxy", () => {
  it("passes on messages, subprotocols and the ends of both sides", patience, async () => {
    const behind = await serve(
      { port: 0 },
      routes({
        "/echo": {
          protocol: "chat",
          message: (connection, message) =>
            message === "bye" ? connection.close(4001, "as asked") : connection.send(message),
        },
      }),
    );
    const relay = await serve({ port: 0 }, forwardTo(behind.url));
    await using(behind, () =>
      using(relay, async (proxy) => {
        const dial = () => connect(new URL("/echo", proxy.url), { protocols: "chat" });
        const connection = await dial(), large = new Uint8Array(500_000).map((_, index) => index);
        assert.equal(connection.protocol, "chat");
        for (const message of ["hi", large]) {
          await connection.send(message);
          assert.deepEqual(await connection.read(), message);
        }
        await connection.send("bye");
        const { code, reason } = await connection.closed;
        assert.deepEqual([code, reason], [4001, "as asked"]);
        const other = await dial();
        await other.close(4002, "mine");
        while (behind.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        await behind.close();
        await assert.rejects(
          dial(),
          (error) => error instanceof WebSocketError && error.status === 502,
        );
      }));
  });
});
