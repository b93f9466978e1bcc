/**
 * The promises of the documentation of crossws about peers, messages and topics, in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromHooks, type HookMessage, type Peer, topicOf } from "../../src/hooks/mod.ts";
import { type ConnectionPair, pairConnections } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/mod.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A connection, and the peer that its hooks are given. */
async function openPeer(
  options: Parameters<typeof pairConnections>[1] = {},
): Promise<ConnectionPair & { peer: Peer }> {
  const opened = Promise.withResolvers<Peer>();
  const pair = await pairConnections(fromHooks({ open: opened.resolve }), options);
  return Object.assign(pair, { peer: await opened.promise });
}

describe("a peer", () => {
  it("has an identifier, its request, address, namespace and WebSocket", async () => {
    const { peer, server, client } = await openPeer({
      url: "ws://test/chat?room=1",
      client: { headers: { "X-A": "b" } },
    });
    assert.match(peer.id, UUID);
    assert.equal(peer.id, peer.id);
    assert.deepEqual([`${peer}`, peer.toString()], [peer.id, peer.id]);
    assert.equal(peer.request.url, "http://test/chat?room=1");
    assert.equal(peer.request.headers.get("x-a"), "b");
    assert.equal(peer.remoteAddress, undefined); // there is none in memory
    assert.equal(peer.namespace, "/chat");
    assert.deepEqual(peer.context, {});
    assert.equal(peer.connection, server);
    const { websocket } = peer;
    assert.equal(websocket, peer.websocket);
    assert.equal(websocket.url, "ws://test/chat?room=1");
    assert.deepEqual(
      [websocket.protocol, websocket.extensions, websocket.readyState, websocket.bufferedAmount],
      ["", "", 1, 0],
    );
    websocket.send("by the WebSocket");
    assert.equal(await client.readText(), "by the WebSocket");
    websocket.close(4000, "too");
    assert.deepEqual((await client.closed).code, 4000);
    assert.equal(websocket.readyState, 3);
  });

  it("sends strings, bytes, and as JSON what is plain", async () => {
    const { peer, client } = await openPeer();
    const sent: [value: unknown, received: string | Uint8Array][] = [
      ["text", "text"],
      [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
      [Uint8Array.of(3).buffer, Uint8Array.of(3)],
      [new DataView(Uint8Array.of(4, 5).buffer, 1), Uint8Array.of(5)],
      [12.5, "12.5"],
      [true, "true"],
      [10n, "10"],
      [null, ""],
      [undefined, ""],
      [{ a: [1] }, '{"a":[1]}'],
      [[1, "b"], '[1,"b"]'],
    ];
    for (const [value, received] of sent) {
      assert.equal(typeof peer.send(value), "number");
      assert.deepEqual(await client.read(), received);
    }
    peer.send("uncompressed", { compress: false });
    assert.equal(await client.readText(), "uncompressed");
    for (const value of [new Blob([]), new Map(), () => {}, Symbol("a")]) {
      assert.throws(() => peer.send(value), TypeError);
    }
  });

  it("closes with 1000 or another code, and drops the connection by terminate()", async () => {
    const first = await openPeer();
    first.peer.close();
    assert.equal((await first.client.closed).code, 1000);
    const second = await openPeer();
    second.peer.close(4321, "why");
    const { code, reason } = await second.client.closed;
    assert.deepEqual([code, reason], [4321, "why"]);
    const third = await openPeer();
    third.peer.terminate();
    assert.equal((await third.client.closed).code, 1006);
    third.peer.send("too late"); // as any WebSocket that is closed
  });

  it("lists the peers of its namespace while they are connected", async () => {
    const peers: Peer[] = [];
    const producer = fromHooks({
      upgrade: (request) => ({ namespace: new URL(request.url).searchParams.get("room") ?? "" }),
      open: (peer) => void peers.push(peer),
    });
    const pairs: ConnectionPair[] = [];
    for (const room of ["a", "a", "b"]) {
      pairs.push(await pairConnections(producer, { url: `ws://test/?room=${room}` }));
    }
    const [one, two, other] = peers;
    assert.equal(one!.namespace, "a");
    assert.deepEqual([...one!.peers], [one, two]);
    assert.deepEqual([...other!.peers], [other]);
    await pairs[1]!.client.close();
    await settle();
    assert.deepEqual([...one!.peers], [one]);
    await pairs[2]!.client.close();
    await settle();
    assert.equal(other!.peers.size, 0);
  });

  it("tells of what waits, calls drain when it has gone, and waits for that", async () => {
    const drained: Peer[] = [];
    const opened = Promise.withResolvers<Peer>();
    const { transports } = await pairConnections(fromHooks({
      open: opened.resolve,
      drain: (peer) => void drained.push(peer),
    }));
    const peer = await opened.promise;
    transports.client.pause();
    const bytes = new Uint8Array(128 * 1024);
    assert.ok(peer.send(bytes) >= bytes.length);
    peer.send(bytes);
    assert.ok(peer.bufferedAmount > bytes.length);
    const low = peer.waitForDrain({ pollInterval: 1 });
    const stop = new AbortController();
    const stopped = peer.waitForDrain({ signal: stop.signal });
    stop.abort(new Error("stopped"));
    await assert.rejects(stopped, /stopped/);
    await assert.rejects(peer.waitForDrain({ signal: stop.signal }), /stopped/);
    assert.deepEqual(drained, []);
    transports.client.resume();
    await low;
    assert.equal(peer.bufferedAmount, 0);
    assert.deepEqual(drained, [peer]); // once, for both
    await peer.waitForDrain(); // at once
  });
});

describe("a message", () => {
  it("a message can be read as text, bytes, a buffer, a Blob and JSON, whatever it was", async () => {
    const messages: HookMessage[] = [];
    const { client } = await pairConnections(
      fromHooks({ message: (_peer, message) => void messages.push(message) }),
    );
    const text = '{"a":"ö"}', bytes = new TextEncoder().encode(text);
    await client.send(text);
    await client.send(bytes);
    await settle();
    assert.deepEqual(messages.map(({ rawData }) => rawData), [text, bytes]);
    assert.deepEqual(messages.map(({ data }) => data), [text, bytes]);
    for (const message of messages) {
      assert.match(message.id, UUID);
      assert.equal(message.text(), text);
      assert.equal(`${message}`, text);
      assert.equal(message.toString(), text);
      assert.deepEqual(message.uint8Array(), bytes);
      assert.deepEqual(new Uint8Array(message.arrayBuffer()), bytes);
      assert.equal(await message.blob().text(), text);
      assert.deepEqual(message.json(), { a: "ö" });
    }
    const [message] = messages;
    const read = (binaryType: string): unknown => {
      message!.peer.websocket.binaryType = binaryType;
      return message!.data;
    };
    assert.ok(read("arraybuffer") instanceof ArrayBuffer);
    assert.ok(read("blob") instanceof Blob);
    assert.ok(read("uint8array") instanceof Uint8Array);
    assert.equal(read("text"), text);
  });
});

describe("topics of peers", () => {
  it("reach the subscribers of the namespace, the publisher only with self: true", async () => {
    const peers: Peer[] = [];
    const producer = fromHooks({ open: (peer) => void peers.push(peer) });
    const clients = [];
    for (const path of ["/a", "/a", "/a", "/b"]) {
      clients.push((await pairConnections(producer, { url: `ws://test${path}` })).client);
    }
    const [first, second, third, other] = peers;
    for (const peer of [first, second, other]) peer!.subscribe("news");
    assert.deepEqual([...first!.topics], ["news"]);
    first!.publish("news", { n: 1 });
    assert.equal(await clients[1]!.readText(), '{"n":1}');
    first!.publish("news", "to me as well", { self: true });
    for (const client of clients.slice(0, 2)) {
      assert.equal(await client.readText(), "to me as well");
    }
    third!.publish("news", "from one who has not subscribed");
    for (const client of clients.slice(0, 2)) {
      assert.equal(await client.readText(), "from one who has not subscribed");
    }
    second!.unsubscribe("news");
    assert.equal(second!.topics.size, 0);
    first!.publish("news", "gone", { self: true });
    assert.equal(await clients[0]!.readText(), "gone");
    for (const client of clients) void client.close();
    for (const client of clients) assert.equal(await client.read(), null); // nothing else has come
  });

  it("are those of the Topics that were given, where one can publish without a peer", async () => {
    const topics = new Topics();
    const producer = fromHooks({ open: (peer) => peer.subscribe("news") }, { topics });
    const { client } = await pairConnections(producer, { url: "ws://test/a" });
    await settle();
    assert.equal(topics.count(topicOf("/a", "news")), 1);
    await topics.publish(topicOf("/a", "news"), "hello");
    assert.equal(await client.readText(), "hello");
    await client.close();
    await settle();
    assert.equal(topics.count(topicOf("/a", "news")), 0);
  });

  it("topics of peers can be published to from the hook close", async () => {
    const producer = fromHooks({
      open: (peer) => peer.subscribe("chat"),
      close(peer) {
        peer.publish("chat", "left");
        peer.unsubscribe("chat");
      },
    });
    const stays = await pairConnections(producer), leaves = await pairConnections(producer);
    await leaves.client.close();
    assert.equal(await stays.client.readText(), "left");
  });
});
