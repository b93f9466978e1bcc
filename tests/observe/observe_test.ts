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
      onRoundTrip: (_, milliseconds) => log.push(`roundTrip ${milliseconds}`),
      onClose: ({ closing: { code, initiator }, durationMs }) =>
        log.push(`close ${initiator} ${code} ${durationMs}`),
    },
  };
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

  itEnds("of rates and observer together holds the peer and counts what was read", async () => {
    const { log, observer } = record();
    const host = new MemoryHost();
    observe(await host.start(IDLE, { messagesPerSecond: 2 }), observer);
    const peer = await host.connect();
    for (let i = 0; i < 5; i++) peer.send(TEXT_HI);
    await settle();
    assert.equal(log.filter((line) => line.startsWith("receive")).length, 3);
  });
});

describe("toChannels", () => {
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
