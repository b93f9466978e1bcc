/** Everything that can be seen of a server. @module */
import assert from "node:assert/strict";
import * as channels from "node:diagnostics_channel";
import { describe, it } from "node:test";
import type { WebSocketHandler } from "../../src/handler.ts";
import type { WebSocketServer } from "../../src/server/server.ts";
import { collect, observe, type Observer, toChannels } from "../../src/observe/mod.ts";
import { Topics } from "../../src/topics/mod.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { MemoryHost } from "../helpers/memory_host.ts";
import { upgradeRequest } from "../helpers/raw_peer.ts";
import { untyped } from "../helpers/untyped.ts";

const ECHO: WebSocketHandler = { message: (connection, message) => connection.send(message) };
const TEXT_HI = '1 000 0001 m 0000010 "hi"';
const CLOSE_1000 = "1 000 1000 m 0000010 x03e8";

function record(): { log: string[]; observer: Required<Observer> } {
  const log: string[] = [];
  return {
    log,
    observer: {
      onOpen: ({ connection, handshakeMs }) =>
        log.push(`open ${connection.readyState} ${handshakeMs}`),
      onRefuse: ({ rule, status }) => log.push(`refuse ${rule} ${status}`),
      onReceive: (_, size) => log.push(`receive ${size}`),
      onSend: (_, size) => log.push(`send ${size}`),
      onDrop: ({ topic, size }) => log.push(`drop ${topic} ${size}`),
      onRoundTrip: (_, milliseconds) => log.push(`roundTrip ${milliseconds}`),
      onClose: ({ closing: { code, initiator }, durationMs }) =>
        log.push(`close ${initiator} ${code} ${durationMs}`),
    },
  };
}

async function publishInTurns(topics: Topics, sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    topics.publish("news", "x".repeat(size));
    await settle();
  }
}

describe("observe", () => {
  itEnds("tells of the opening, messages, round trips and the end, in order", async () => {
    const { log, observer } = record();
    const host = new MemoryHost();
    const server = await host.start(async (request) => {
      if (request.url.includes("slow")) await settle();
      return ECHO;
    });
    observe(server, observer);
    const peer = await host.connect();
    peer.send(TEXT_HI);
    await settle();
    const [connection] = server.connections;
    const roundTrip = connection!.ping("p");
    await host.clock.advance(30);
    peer.send('1 000 1010 m 0000001 "p"');
    await roundTrip;
    peer.send(CLOSE_1000);
    await settle();
    assert.deepEqual(log, [
      "open 1 0",
      "receive 2",
      "send 2",
      "roundTrip 30",
      "close remote 1000 30",
    ]);
  });

  itEnds("tells how long the opening took", async () => {
    const { log, observer } = record();
    const gate = Promise.withResolvers<WebSocketHandler>();
    const host = new MemoryHost();
    observe(await host.start(() => gate.promise), observer);
    await host.connect();
    await host.clock.advance(70);
    gate.resolve(IDLE);
    await settle();
    assert.deepEqual(log, ["open 1 70"]);
  });

  itEnds("tells of each refusal by its rule, also without onRefuse of the server", async () => {
    const { log, observer } = record();
    const host = new MemoryHost();
    const server = await host.start(() => null, { allowedHosts: ["test"] });
    observe(server, observer);
    await host.connect(upgradeRequest("Origin: http://other"));
    await host.connect(upgradeRequest().replace("Host: test", "Host: evil"));
    await host.connect(upgradeRequest().replace("Version: 13", "Version: 8"));
    await host.connect();
    await server.close();
    await host.connect();
    assert.deepEqual(log, [
      "refuse origin 403",
      "refuse allowedHosts 421",
      "refuse version 426",
      "refuse noHandler 400",
      "refuse closing 503",
    ]);
  });

  itEnds("tells of messages that a topic sends", async () => {
    const { log, observer } = record();
    const host = new MemoryHost();
    const topics = new Topics();
    const server = await host.start({
      open: (connection) => void topics.subscribe(connection, "news"),
      message() {},
    });
    observe(server, observer);
    const peers = [await host.connect(), await host.connect()];
    await topics.publish("news", "hello");
    assert.deepEqual(await peers[1]!.frames(), ['text "hello"']);
    assert.deepEqual(log.filter((line) => line.startsWith("send")), ["send 5", "send 5"]);
  });

  for (
    const [policy, left] of [
      ["drop-newest", [3_000, 4_000]],
      ["drop-oldest", [3_000]],
      ["latest", [3_000]],
      ["disconnect", [3_000]],
    ] as const
  ) {
    itEnds(`tells of each message that a topic leaves out by "${policy}"`, async () => {
      const { log, observer } = record();
      const host = new MemoryHost();
      const topics = new Topics({ policy, maxBehindBytes: 1_000, maxWaiting: 1 });
      const server = await host.start({
        open: (connection) => void topics.subscribe(connection, "news"),
        message() {},
      });
      observe(server, observer);
      const numbers = collect(server);
      const slow = await host.connect();
      const [connection] = server.connections;
      slow.transport.pause();
      await publishInTurns(topics, [200_000, 3_000, 4_000]);
      const told = log.filter((line) => line.startsWith("drop"));
      assert.deepEqual(told, left.map((size) => `drop news ${size}`));
      assert.equal(topics.dropped, left.length);
      assert.equal(numbers.dropped, topics.dropped);
      assert.equal(numbers.statsOf(connection!).dropped, topics.dropped);
    });
  }

  itEnds("goes on for the others when one stops, and ends with the last", async () => {
    const first = record(), second = record();
    const host = new MemoryHost();
    const server = await host.start(ECHO);
    const stop = observe(server, first.observer);
    const stopSecond = observe(server, second.observer);
    const peer = await host.connect();
    stop();
    peer.send(TEXT_HI);
    await settle();
    stopSecond();
    peer.send(TEXT_HI);
    await host.connect();
    assert.deepEqual(first.log, ["open 1 0"]);
    assert.deepEqual(second.log, ["open 1 0", "receive 2", "send 2"]);
  });

  itEnds("does not let an observer that throws harm a connection", async () => {
    const fail = (): never => assert.fail("of the observer");
    const { error } = console;
    const printed: unknown[] = [];
    console.error = (...args: unknown[]) => void printed.push(args);
    try {
      const host = new MemoryHost();
      const server = await host.start(ECHO);
      observe(server, {
        onOpen: fail,
        onReceive: fail,
        onSend: fail,
        onClose: fail,
        onRefuse: fail,
      });
      const peer = await host.connect();
      peer.send(TEXT_HI);
      assert.deepEqual(await peer.frames(), ['text "hi"']);
      peer.send(CLOSE_1000);
      await settle();
      assert.equal(server.connections.size, 0);
      assert.equal(printed.length, 4);
    } finally {
      console.error = error;
    }
  });

  it("names what is wrong", async () => {
    assert.throws(() => observe(untyped({}), {}), /^TypeError: observe: server must be/);
    const connections = new Set();
    assert.throws(
      () => observe(untyped({ connections }), {}),
      /^TypeError: observe: server must be/,
    );
    const server = await new MemoryHost().start(IDLE);
    assert.throws(
      () => observe(server, untyped({ onOpen: 1 })),
      /^TypeError: observe: onOpen must be/,
    );
  });

  itEnds(
    "observe of rates and observer together holds the peer and counts what was read",
    async () => {
      const { log, observer } = record();
      const host = new MemoryHost();
      observe(await host.start(IDLE, { messagesPerSecond: 2 }), observer);
      const peer = await host.connect();
      for (let i = 0; i < 5; i++) peer.send(TEXT_HI);
      await settle();
      assert.equal(log.filter((line) => line.startsWith("receive")).length, 3);
    },
  );
});

describe("toChannels", () => {
  itEnds("publishes on a channel what a topic leaves out", async () => {
    const seen: unknown[] = [];
    const listener = (message: unknown): void => void seen.push(message);
    channels.subscribe("fullduplex.websocket.drop", listener);
    const host = new MemoryHost();
    const topics = new Topics({ policy: "drop-newest", maxBehindBytes: 1_000 });
    const server = await host.start({
      open: (connection) => void topics.subscribe(connection, "news"),
      message() {},
    });
    observe(server, toChannels(channels));
    const slow = await host.connect();
    slow.transport.pause();
    await publishInTurns(topics, [200_000, 3_000]);
    channels.unsubscribe("fullduplex.websocket.drop", listener);
    const [connection] = server.connections;
    assert.deepEqual(seen, [{ connection, topic: "news", size: 3_000 }]);
  });

  itEnds("publishes each event on its channel, and nothing that has no subscriber", async () => {
    const seen: string[] = [];
    const names = ["open", "refuse", "receive", "send", "roundTrip", "close"];
    const listeners = names.map((name) => {
      const listener = (): void => void seen.push(name);
      channels.subscribe(`fullduplex.websocket.${name}`, listener);
      return () => channels.unsubscribe(`fullduplex.websocket.${name}`, listener);
    });
    const host = new MemoryHost();
    const server: WebSocketServer = await host.start(ECHO);
    observe(server, toChannels(channels));
    const peer = await host.connect();
    peer.send(TEXT_HI);
    await settle();
    peer.send(CLOSE_1000);
    await settle();
    await host.connect("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert.deepEqual(seen, ["open", "receive", "send", "close", "refuse"]);
    for (const stop of listeners) stop();
    await host.connect();
    assert.equal(seen.length, 5);
  });
});

describe("collect", () => {
  itEnds("counts openings, messages, refusals and ends", async () => {
    const host = new MemoryHost();
    const server = await host.start(ECHO);
    const numbers = collect(server);
    const peer = await host.connect();
    await host.connect(upgradeRequest("Origin: http://other"));
    for (let i = 0; i < 3; i++) peer.send(TEXT_HI);
    await settle();
    const [connection] = server.connections;
    assert.deepEqual(numbers.statsOf(connection!), {
      received: 3,
      receivedBytes: 6,
      sent: 3,
      sentBytes: 6,
      dropped: 0,
      roundTripMs: null,
    });
    assert.equal(numbers.active, 1);
    peer.transport.lose();
    await settle();
    assert.deepEqual([numbers.opened, numbers.active], [1, 0]);
    assert.deepEqual([numbers.received, numbers.receivedBytes], [3, 6]);
    assert.deepEqual([numbers.sent, numbers.sentBytes], [3, 6]);
    assert.deepEqual([...numbers.refused], [["origin", 1]]);
    assert.deepEqual([...numbers.closed], [["transport 1006 ERR_TRANSPORT", 1]]);
    numbers.stop();
    await host.connect();
    assert.equal(numbers.opened, 1);
  });
});

describe("bytes that are held", () => {
  itEnds(
    "are told for both directions: not taken by the peer, and not by the handler",
    async () => {
      const gate = Promise.withResolvers<void>();
      const host = new MemoryHost();
      const server = await host.start({ message: () => gate.promise });
      const numbers = collect(server);
      const peer = await host.connect();
      const [connection] = server.connections;
      assert.deepEqual([numbers.bufferedBytes, numbers.unreadBytes], [0, 0]);
      for (let i = 0; i < 3; i++) peer.send(TEXT_HI);
      await settle();
      // The handler works on the first one; a text that waits counts 64 bytes and two for a
      // character.
      assert.equal(numbers.unreadBytes, 2 * (64 + 4));
      peer.transport.pause();
      connection!.send(new Uint8Array(200_000));
      await settle();
      assert.ok(numbers.bufferedBytes > 100_000, `${numbers.bufferedBytes}`);
      gate.resolve();
      await settle();
      assert.equal(numbers.unreadBytes, 0);
    },
  );

  itEnds("count what waits undecoded while the handler does not read", async () => {
    const host = new MemoryHost();
    const server = await host.start({ session: ({ closed }) => closed.then(() => {}) });
    const numbers = collect(server);
    const peer = await host.connect();
    const message = "1 000 0010 m 1111110 +ea60 *60000";
    peer.send(Array(10).fill(message).join("|")); // one chunk: reading stops at 256 KiB
    await settle();
    assert.ok(numbers.unreadBytes >= 600_000, `${numbers.unreadBytes}`);
  });
});
