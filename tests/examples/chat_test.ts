/** The chat example as its users start it, spoken to by our own client. @module */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ChatEvent } from "../../examples/chat/chat.ts";
import { connect, type WebSocketConnection, WebSocketError } from "../../mod.ts";
import {
  type ExampleProcess,
  findOwnRuntime,
  runExample,
  startExample,
} from "../helpers/example_process.ts";

describe("chat", () => {
  let server: ExampleProcess;

  before(async () => {
    server = await startExample(findOwnRuntime(), { file: "chat/main.ts" });
  });

  after(() => server.stop("SIGKILL"));

  async function join(name: string, room: string): Promise<WebSocketConnection> {
    const url = new URL(`/chat/${room}?name=${encodeURIComponent(name)}`, server.url);
    return await connect(url, { protocols: ["chat"] });
  }

  async function hear(connection: WebSocketConnection): Promise<ChatEvent> {
    return JSON.parse(await connection.readText({ timeoutMs: 40_000 }) ?? "null");
  }

  it("serves its page on the same port", async () => {
    const response = await fetch(server.url);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.match(await response.text(), /<title>Chat<\/title>/);
    assert.equal((await fetch(new URL("/favicon.ico", server.url))).status, 404);
  });

  it("serves the page's modules without types, and no other file", async () => {
    const waiting = new Set(["/examples/chat/page.js"]);
    for (const path of waiting) {
      const response = await fetch(new URL(path, server.url));
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
      const code = await response.text();
      assert.doesNotMatch(code, /^(?:import|export) type |^export interface |^ +readonly #/m, path);
      for (const [, target = ""] of code.matchAll(/^(?:im|ex)port\b.* from "(\..*)";/gm)) {
        waiting.add(new URL(target, new URL(path, server.url)).pathname);
      }
    }
    assert.ok(waiting.has("/src/connection/connection.ts"));
    for (const path of ["/mod.ts", "/deno.json", "/examples/chat/main.ts", "/examples/chat/"]) {
      assert.equal((await fetch(new URL(path, server.url))).status, 404, path);
    }
  });

  it("says in one line that its port is taken, and which", async () => {
    const { code, stderr } = await runExample(findOwnRuntime(), {
      file: "chat/main.ts",
      flags: ["--", "--port", server.url.port], // as `task demo -- --port N` passes it on
    });
    const why = `cannot listen on ${server.url.host}: the address is in use (EADDRINUSE)`;
    assert.deepEqual({ code, stderr }, { code: 1, stderr: `${why}. Another port: --port N\n` });
  });

  it("tells who joins, what is said and who leaves", async () => {
    const ada = await join("Ada", "a");
    assert.equal(ada.protocol, "chat");
    assert.deepEqual(await hear(ada), { type: "welcome", name: "Ada", here: ["Ada"] });
    const bob = await join("Bob", "a");
    assert.deepEqual(await hear(bob), { type: "welcome", name: "Bob", here: ["Ada", "Bob"] });
    assert.deepEqual(await hear(ada), { type: "joined", name: "Bob" });
    await bob.send("<b>hi</b> 👋");
    for (const person of [ada, bob]) {
      assert.deepEqual(await hear(person), { type: "said", name: "Bob", text: "<b>hi</b> 👋" });
    }
    await bob.close();
    assert.deepEqual(await hear(ada), { type: "left", name: "Bob" });
    await ada.close();
  });

  it("keeps rooms apart, and names different", async () => {
    const [first, second, other] = [
      await join("Ada", "b"),
      await join(" Ada\u202e ", "b"),
      await join("Ada", "c"),
    ];
    assert.deepEqual(await hear(second), {
      type: "welcome",
      name: "Ada 2",
      here: ["Ada", "Ada 2"],
    });
    assert.deepEqual(await hear(other), { type: "welcome", name: "Ada", here: ["Ada"] });
    await second.send("to b");
    await other.send("to c");
    assert.deepEqual(await hear(other), { type: "said", name: "Ada", text: "to c" });
    for (const person of [first, second, other]) await person.close();
  });

  it("refuses names that are none, and other subprotocols", async () => {
    const isRefused = (error: unknown) => error instanceof WebSocketError && error.status === 400;
    await assert.rejects(join(" ", "d"), isRefused);
    await assert.rejects(join("x".repeat(25), "d"), isRefused);
    await assert.rejects(join("Ada", "x".repeat(25)), isRefused);
    await assert.rejects(connect(new URL("/chat/d?name=Ada", server.url)), isRefused);
  });

  it("ends the stay of those who break the rules", async () => {
    const [long, binary] = [await join("Long", "e"), await join("Binary", "e")];
    await long.send("x".repeat(2_001));
    assert.deepEqual(pick(await long.closed), { code: 1009, reason: "at most 2000 characters" });
    await binary.send(new Uint8Array([1]));
    assert.deepEqual(pick(await binary.closed), { code: 1003, reason: "text messages only" });
  });

  it("chat is not held up by somebody who does not read", async () => {
    const [deaf, speaker] = [await join("Deaf", "f"), await join("Speaker", "f")];
    await hear(speaker);
    // More than the system's buffers and MAX_BEHIND_BYTES hold: the deaf one must leave.
    const text = "🐢".repeat(1_000);
    let heard: ChatEvent;
    do {
      await speaker.send(text);
      heard = await hear(speaker);
    } while (heard.type === "said");
    assert.deepEqual(heard, { type: "left", name: "Deaf" });
    await speaker.close();
    while (await deaf.read() !== null);
    assert.equal((await deaf.closed).code, 1013);
  });

  it("says 1001 to everyone when it is stopped, and exits with 0", async () => {
    const [ada, bob] = [await join("Ada", "g"), await join("Bob", "g")];
    const exit = server.stop("SIGTERM");
    for (const { closed } of [ada, bob]) {
      const { code, wasClean, initiator } = await closed;
      assert.deepEqual({ code, wasClean, initiator }, {
        code: 1001,
        wasClean: true,
        initiator: "remote",
      });
    }
    assert.equal(await exit, 0);
  });
});

function pick(
  { code, reason }: { code: number; reason: string },
): { code: number; reason: string } {
  return { code, reason };
}
