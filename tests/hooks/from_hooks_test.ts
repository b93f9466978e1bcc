/**
 * The promises of the documentation of crossws about hooks, in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SendingConnection } from "../../src/handler.ts";
import {
  type AcceptedHook,
  defineHooks,
  fromHooks,
  type Hooks,
  type Peer,
} from "../../src/hooks/mod.ts";
import { pairConnections } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { rejectsWith } from "../helpers/connections.ts";
import { openToServer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

/** The head of the answer to one request. */
async function answerTo(hooks: Hooks, ...lines: string[]): Promise<string> {
  const { peer } = new RawServer(fromHooks(hooks)).accept();
  peer.write(upgradeRequest(...lines));
  await settle();
  return peer.head ?? "";
}

describe("the hook upgrade", () => {
  it("the hook upgrade is given the request, and accepts when it returns nothing", async () => {
    const asked: string[] = [];
    const head = await answerTo({
      upgrade: (request) => void asked.push(request.url, request.headers.get("x-a") ?? ""),
    }, "X-A: b");
    assert.match(head, /^HTTP\/1\.1 101 /);
    assert.deepEqual(asked, ["http://test/chat?room=1", "b"]);
  });

  it("adds header fields to the response", async () => {
    const headers: [string, string][] = [["X-A", "b"], ["Set-Cookie", "a=1"], [
      "Set-Cookie",
      "b=2",
    ]];
    const head = await answerTo({ upgrade: () => ({ headers }) });
    assert.match(head, /^HTTP\/1\.1 101 /);
    assert.match(head, /^x-a: b\r?$/im);
    assert.equal(head.match(/set-cookie: [ab]=[12]/gi)?.length, 2);
  });

  for (
    const [how, upgrade] of [
      ["returned", (response: Response) => response],
      ["thrown", (response: Response) => Promise.reject(response)],
      [
        "thrown as a part of an error",
        (response: Response) => Promise.reject(Object.assign(new Error("no"), { response })),
      ],
    ] as const
  ) {
    it(`refuses with a Response that is ${how}`, async () => {
      const refuse = () =>
        upgrade(
          new Response("who are you?", { status: 401, headers: { "WWW-Authenticate": "x" } }),
        );
      const error = await rejectsWith(
        pairConnections(fromHooks({ upgrade: refuse })),
        "ERR_HANDSHAKE_STATUS",
      );
      assert.equal(error.status, 401);
    });
  }

  it("the hook upgrade that throws something else refuses with 500, and is reported", async () => {
    const reported: unknown[] = [];
    const failure = new Error("mine");
    const opening = pairConnections(fromHooks({ upgrade: () => Promise.reject(failure) }), {
      server: { onError: (error) => reported.push(error) },
    });
    assert.equal((await rejectsWith(opening, "ERR_HANDSHAKE_STATUS")).status, 500);
    assert.deepEqual(reported, [failure]);
  });

  it("chooses the subprotocol, by its name or by a header field", async () => {
    const offer = "Sec-WebSocket-Protocol: a, b, c";
    for (
      const [accepted, expected] of [
        [{ protocol: "b" }, "b"],
        [{ headers: { "Sec-WebSocket-Protocol": "c" } }, "c"],
        [{ protocol: "a", headers: { "sec-websocket-protocol": "c" } }, "a"],
        [{ protocol: "not offered" }, null],
        [{}, null],
      ] as [AcceptedHook, string | null][]
    ) {
      const head = await answerTo({ upgrade: () => accepted }, offer);
      const told = /^sec-websocket-protocol: (.*)$/im.exec(head)?.[1]?.trim() ?? null;
      assert.equal(told, expected, JSON.stringify(accepted));
    }
  });

  it("the hook upgrade may leave the choice to handleProtocols", async () => {
    const asked: unknown[] = [];
    const producer = fromHooks({}, {
      handleProtocols: async (offered, request) => {
        asked.push([...offered], request.url);
        return await Promise.resolve("b");
      },
    });
    const { client, server } = await pairConnections(producer, {
      client: { protocols: ["a", "b"] },
    });
    assert.deepEqual([client.protocol, server.protocol], ["b", "b"]);
    assert.deepEqual(asked, [["a", "b"], "http://test/"]);
    await pairConnections(producer);
    assert.equal(asked.length, 2); // only where something was offered
  });

  it("says what it cannot do", async () => {
    for (const accepted of [{ handled: true }, { perMessageDeflate: true }]) {
      const reported: unknown[] = [];
      const opening = pairConnections(fromHooks({ upgrade: () => accepted as object }), {
        server: { onError: (error) => reported.push(error) },
      });
      assert.equal((await rejectsWith(opening, "ERR_HANDSHAKE_STATUS")).status, 500);
      assert.match(String(reported[0]), new RegExp(Object.keys(accepted)[0]!));
    }
  });

  it("gives a context, which all other hooks find on the peer", async () => {
    const seen: unknown[] = [];
    const look = ({ context }: Peer): void => void seen.push(context.user);
    const { client } = await pairConnections(fromHooks({
      upgrade: () => ({ context: { user: "me" } }),
      open: look,
      message: look,
      close: look,
    }));
    await client.send("a");
    await client.close();
    await settle();
    assert.deepEqual(seen, ["me", "me", "me"]);
  });
});

describe("hooks of a connection", () => {
  it("are called in order, with the same peer, and see the message before the end", async () => {
    const log: string[] = [];
    const peers = new Set<Peer>();
    const hooks = defineHooks({
      async open(peer) {
        peers.add(peer);
        await settle();
        log.push("open");
      },
      async message(peer, message) {
        peers.add(peer);
        await settle();
        log.push(`message ${message}`);
      },
      close(peer, details) {
        peers.add(peer);
        log.push(`close ${JSON.stringify(details)}`);
      },
    });
    const { client } = await pairConnections(fromHooks(hooks));
    for (const text of ["a", "b"]) await client.send(text);
    await client.close(4001, "bye");
    while (log.length < 4) await settle();
    const close = 'close {"code":4001,"reason":"bye"}';
    assert.deepEqual(log, ["open", "message a", "message b", close]);
    assert.equal(peers.size, 1);
  });

  it("are awaited: a peer that is faster than the hook message is held back", async () => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const producer = fromHooks({
      message() {
        begun++;
        return gate.promise;
      },
    });
    const { client, transports } = await pairConnections(producer);
    for (let i = 0; i < 40; i++) void client.send(new Uint8Array(32_768));
    await settle();
    assert.equal(begun, 1);
    assert.equal(transports.server.isPaused, true);
    gate.resolve();
    while (begun < 40) await settle();
  });

  it("hooks of a connection with concurrency are at work on several messages at once", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const producer = fromHooks({
      async message(peer, message) {
        if (message.text() === "subscribe") await gate.promise;
        log.push(message.text());
        peer.send(`done: ${message}`);
      },
    }, { concurrency: 2 });
    const { client } = await pairConnections(producer);
    for (const text of ["subscribe", "query"]) await client.send(text);
    assert.equal(await client.readText(), "done: query");
    gate.resolve();
    assert.equal(await client.readText(), "done: subscribe");
    assert.throws(() => fromHooks({}, { concurrency: 0 }), RangeError);
  });

  it("names what would be right in place of hooks that would never be called", () => {
    const message = (): void => {};
    const wrong: readonly (readonly [source: object | undefined, RegExp])[] = [
      [undefined, /must be hooks or a function, not undefined/],
      [{ onmessage: message }, /no hook onmessage; did you mean "message"/],
      [{ open() {}, onMessage: message }, /no hook onMessage; did you mean "message"/],
      [{ mesage: message }, /no hook mesage; did you mean "message"/],
      [{ hooks: { message } }, /no hook hooks; fromHooks takes the hooks themselves/],
      [{ resolve: () => ({ message }) }, /no hook resolve; fromHooks takes the function/],
    ];
    for (const [source, why] of wrong) {
      const given = source as Parameters<typeof fromHooks>[0];
      assert.throws(() => fromHooks(given), (error: Error) => {
        assert.equal(error.name, "TypeError");
        assert.match(error.message, why);
        return true;
      });
    }
    fromHooks({});
    fromHooks({ message, ...{ onmessage: message, anything: 1 } });
  });

  it("hooks of a connection may return values, which are ignored as in crossws", async () => {
    const values = ["text", Promise.resolve("text"), 1, new Uint8Array(1)];
    const foreign = { message: () => values.shift(), open: () => "text", close: () => "text" };
    const { client, server } = await pairConnections(fromHooks(foreign));
    while (values.length > 0) {
      await client.send("a");
      await settle();
    }
    assert.equal(server.readyState, 1);
    assert.equal((await client.close()).code, 1000);
  });

  it("hooks of a connection that throw close with 1011, and are reported", async () => {
    for (const name of ["open", "message"] as const) {
      const failure = new Error(name);
      const reported: unknown[] = [], told: unknown[] = [];
      const { client } = await pairConnections(
        fromHooks({
          [name]: () => Promise.reject(failure),
          error: (_peer: Peer, error: Error) => void told.push(error),
        }),
        { server: { onError: (error) => reported.push(error) } },
      );
      void client.send("a");
      assert.equal((await client.closed).code, 1011);
      assert.deepEqual(reported, [failure]);
      assert.deepEqual(told, []); // it is theirs, and no error of the peer
    }
  });

  it("hear of an end that was not asked for by error, then by close", async () => {
    const log: string[] = [];
    const hooks: Hooks = {
      error: (_peer, error) => void log.push(`error ${Reflect.get(error, "code")}`),
      close: (_peer, { code }) => void log.push(`close ${code}`),
    };
    const broken = await openToServer(await handlerOf(hooks));
    broken.peer.send("1 000 0011 m 0000000");
    await settle();
    broken.peer.transport.end();
    await settle();
    assert.deepEqual(log.splice(0), ["error ERR_PROTOCOL", "close 1002"]);
    const lost = await openToServer(await handlerOf(hooks));
    lost.peer.transport.abort();
    await settle();
    assert.deepEqual(log.splice(0), ["error ERR_TRANSPORT", "close 1006"]);
    const { peer, connection } = await openToServer(
      await handlerOf({ ...hooks, message: (peer) => peer.terminate() }),
    );
    peer.send("1 000 0001 m 0000000");
    await connection.closed;
    await settle();
    assert.deepEqual(log, ["close 1006"]); // our own wish is no error
  });

  it("ping and pong are given the payload; ping() of the peer sends one", async () => {
    const log: string[] = [];
    const tell = (name: string) => (_peer: Peer, data: Uint8Array) =>
      void log.push(`${name} ${new TextDecoder().decode(data)}`);
    const { peer } = await openToServer(
      await handlerOf({ open: (peer) => peer.ping("x"), ping: tell("ping"), pong: tell("pong") }),
    );
    assert.deepEqual(await peer.frames(), ["ping 78"]);
    peer.send('1 000 1010 m 0000001 "x" | 1 000 1001 m 0000001 "y"');
    assert.deepEqual(await peer.frames(), ["pong 79"]);
    assert.deepEqual(log, ["pong x", "ping y"]);
  });
});

describe("hooks that are found by a function", () => {
  it("are those of each request", async () => {
    const producer = fromHooks(async (request) => {
      await settle();
      const { pathname } = new URL(request.url);
      return pathname === "/a" ? { open: (peer: Peer) => void peer.send("a") } : null;
    });
    const { client } = await pairConnections(producer, { url: "ws://test/a" });
    assert.equal(await client.readText(), "a");
    const refused = pairConnections(producer, { url: "ws://test/b" });
    assert.equal((await rejectsWith(refused, "ERR_HANDSHAKE_STATUS")).status, 400);
  });

  it("hooks that are found by a function may be carried by the response of a framework, or lie on its request", async () => {
    const hooks = { open: (peer: Peer) => void peer.send("found") };
    const carrier = () =>
      Object.assign(new Response("upgrade required", { status: 426 }), { crossws: hooks });
    const onRequest = (request: Request) => {
      Object.assign(request, { [Symbol.for("crossws.hooks")]: hooks });
      return new Response("made anew", { status: 426 });
    };
    for (const source of [carrier, onRequest]) {
      const { client } = await pairConnections(fromHooks(source));
      assert.equal(await client.readText(), "found");
    }
  });

  it("hooks that are found by a function may be missing: a response that is none of success refuses, another is for other paths", async () => {
    for (
      const [source, status] of [
        [() => new Response("no", { status: 403 }), 403],
        [() => new Response("a page"), 404],
        [() => undefined, 404],
      ] as const
    ) {
      const refused = pairConnections(fromHooks(source));
      assert.equal((await rejectsWith(refused, "ERR_HANDSHAKE_STATUS")).status, status);
    }
  });
});

/** The handler that hooks make for a request. */
async function handlerOf(hooks: Hooks): Promise<{ open(connection: SendingConnection): unknown }> {
  const produced = await fromHooks(hooks)(new Request("http://test/chat"), [], {
    remoteAddress: null,
    peerAddress: null,
    context: undefined,
    responseHeaders: new Headers(),
  });
  assert.ok(produced && !(produced instanceof Response) && produced.open);
  return produced as { open(connection: SendingConnection): unknown };
}
