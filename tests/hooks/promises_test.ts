/**
 * Promises of the documentation of crossws that are smaller than its chapters, in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromHooks, type HookMessage, type Peer } from "../../src/hooks/mod.ts";
import type { WebSocketConnection } from "../../src/handler.ts";
import { type ConnectionPair, pairConnections } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { openToServer } from "../helpers/raw_peer.ts";

/** A connection, and the peer that its hooks are given. */
async function openPeer(
  options: Parameters<typeof pairConnections>[1] = {},
): Promise<ConnectionPair & { peer: Peer }> {
  const opened = Promise.withResolvers<Peer>();
  const pair = await pairConnections(fromHooks({ open: opened.resolve }), options);
  return Object.assign(pair, { peer: await opened.promise });
}

describe("close() of a peer", () => {
  it("takes each code that crossws lists", async () => {
    for (const code of [1000, 1009, 1011, 1012, 1013, 4000, 4999]) {
      const { peer, client } = await openPeer();
      peer.close(code, "why");
      const told = await client.closed;
      assert.deepEqual([told.code, told.reason], [code, "why"]);
    }
  });

  it("is not answered by the hook error", async () => {
    const log: string[] = [];
    const { client } = await pairConnections(fromHooks({
      open: (peer) => peer.close(4001),
      error: () => void log.push("error"),
      close: (_peer, { code }) => void log.push(`close ${code}`),
    }));
    await client.closed;
    while (log.length === 0) await settle();
    assert.deepEqual(log, ["close 4001"]);
  });
});

describe("waitForDrain() of a peer", () => {
  it("is fulfilled at the threshold, before all is sent", async () => {
    const { peer, transports, client } = await openPeer({ windowBytes: 0 });
    transports.client.pause();
    peer.send(new Uint8Array(1_000));
    await settle();
    const { bufferedAmount } = peer;
    assert.ok(bufferedAmount >= 1_000);
    await peer.waitForDrain({ threshold: bufferedAmount });
    let isDrained = false;
    const drained = peer.waitForDrain({ threshold: 10, pollInterval: 1 }).then(() => {
      isDrained = true;
    });
    await settle();
    assert.equal(isDrained, false);
    transports.client.resume();
    await drained;
    await client.close();
  });

  it("is fulfilled when the connection is gone", async () => {
    const { peer, transports } = await openPeer({ windowBytes: 0 });
    transports.client.pause();
    peer.send(new Uint8Array(1_000));
    const waiting = peer.waitForDrain({ pollInterval: 1 });
    peer.terminate();
    await waiting;
  });
});

describe("the request and the context of a peer", () => {
  it("has what the framework left on the request, and what upgrade returned", async () => {
    const seen: unknown[] = [];
    const hooks = fromHooks({
      upgrade: () => ({ context: { user: "me" } }),
      open: ({ context }) => void seen.push({ ...context }),
    });
    await pairConnections((request, ...rest) =>
      hooks(Object.assign(request, { context: { trace: 1 } }), ...rest)
    );
    assert.deepEqual(seen, [{ trace: 1, user: "me" }]);
  });

  it("keeps what hooks put into it, for this peer alone", async () => {
    const seen: unknown[] = [];
    const producer = fromHooks({
      open: ({ context }) => void (context.count = 0),
      message: ({ context }) => void (context.count = Number(context.count) + 1),
      close: ({ context }) => void seen.push(context.count),
    });
    for (const messages of [2, 1]) {
      const { client } = await pairConnections(producer);
      for (let i = 0; i < messages; i++) await client.send("a");
      await client.close();
    }
    while (seen.length < 2) await settle();
    assert.deepEqual(seen, [2, 1]);
  });

  it("has the client's address", async () => {
    const { peer, transports } = await openPeer();
    transports.server.remoteAddress = { transport: "tcp", hostname: "192.0.2.7", port: 5 };
    assert.equal(peer.remoteAddress, "192.0.2.7");
    transports.server.remoteAddress = { transport: "unix", path: "/run/a.sock" };
    assert.equal(peer.remoteAddress, undefined);
  });
});

describe("a message of hooks", () => {
  it("knows its peer, and has an identifier of its own", async () => {
    const messages: HookMessage[] = [];
    const { peer, client } = await openMessages(messages);
    for (const text of ["a", "a"]) await client.send(text);
    while (messages.length < 2) await settle();
    const [first, second] = messages;
    assert.equal(first!.peer, peer);
    assert.equal(first!.id, first!.id);
    assert.notEqual(first!.id, second!.id);
    assert.equal(first!.event, undefined);
  });

  it("throws SyntaxError by json() for what is none", async () => {
    const messages: HookMessage[] = [];
    const { client } = await openMessages(messages);
    await client.send("{");
    while (messages.length < 1) await settle();
    assert.throws(() => messages[0]!.json(), SyntaxError);
  });
});

describe("subscriptions of a peer", () => {
  it("end with its connection", async () => {
    const peers: Peer[] = [];
    const producer = fromHooks({
      open(peer) {
        peers.push(peer);
        peer.subscribe("news");
      },
    });
    const stays = await pairConnections(producer), leaves = await pairConnections(producer);
    await leaves.client.close();
    await settle();
    peers[0]!.publish("news", "still here", { self: true });
    assert.equal(await stays.client.readText(), "still here");
  });

  it("are one a topic: twice subscribed is once told", async () => {
    const { peer, client } = await openPeer();
    peer.subscribe("news");
    peer.subscribe("news");
    peer.publish("news", "once", { self: true });
    peer.send("behind");
    assert.equal(await client.readText(), "once");
    assert.equal(await client.readText(), "behind");
  });
});

describe("the hook error", () => {
  it("is not called for an end that the client asked for", async () => {
    const log: string[] = [];
    const { client } = await pairConnections(fromHooks({
      error: () => void log.push("error"),
      close: () => void log.push("close"),
    }));
    await client.close(1001);
    while (log.length === 0) await settle();
    assert.deepEqual(log, ["close"]);
  });

  it("is given an Error and the peer", async () => {
    const told: unknown[] = [];
    let connection: WebSocketConnection | null = null;
    const handler = await fromHooks({
      open: (peer) => void (connection = peer.connection as WebSocketConnection),
      error: (peer, error) => void told.push(peer.connection, error instanceof Error),
    })(new Request("http://test/"), [], {
      remoteAddress: null,
      peerAddress: null,
      context: undefined,
      responseHeaders: new Headers(),
    });
    assert.ok(handler && !(handler instanceof Response));
    const { peer } = await openToServer(handler);
    peer.transport.abort();
    while (told.length === 0) await settle();
    assert.deepEqual(told, [connection, true]);
  });
});

/** A connection whose messages are kept. */
async function openMessages(
  messages: HookMessage[],
): Promise<ConnectionPair & { peer: Peer }> {
  const opened = Promise.withResolvers<Peer>();
  const pair = await pairConnections(fromHooks({
    open: opened.resolve,
    message: (_peer, message) => void messages.push(message),
  }));
  return Object.assign(pair, { peer: await opened.promise });
}
