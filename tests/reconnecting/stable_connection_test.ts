/**
 * One connection object over connections that come and go.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { CloseInfo, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { WebSocketError } from "../../src/errors.ts";
import {
  type ReconnectingConnectOptions,
  startConnect,
} from "../../src/reconnecting/start_connect.ts";
import type { StableOptions } from "../../src/reconnecting/options.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { idle, isSettled, itEnds, rejectsWith } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

/** A server that notes what it is sent, and a client that stays connected to it. */
async function start(
  reconnect: StableOptions = {},
  options: ReconnectingConnectOptions = {},
): Promise<{ network: MemoryNetwork; client: WebSocketConnection; received: Message[] }> {
  const received: Message[] = [];
  const network = new MemoryNetwork({ message: (_, message) => void received.push(message) });
  const host = makeTestHost(network);
  const client = await startConnect(host, "ws://test/", { reconnect, ...options });
  return { network, client, received };
}

const [server] = [({ connections }: MemoryNetwork) => connections[0] ?? assert.fail("none")];

async function reconnect(network: MemoryNetwork): Promise<void> {
  network.isUp = true;
  await network.clock.advance(30_000);
}

describe("a connection that reconnects", () => {
  itEnds(
    "a connection that reconnects is the same object over two connections, in both directions",
    async () => {
      const { network, client, received } = await start();
      client.send("a");
      await settle();
      server(network).send("b");
      assert.equal(await client.read(), "b");
      network.cut();
      await reconnect(network);
      client.send(new Uint8Array([1]));
      server(network).send("c");
      assert.equal(await client.read(), "c");
      assert.deepEqual(received, ["a", new Uint8Array([1])]);
      assert.equal((await client.close(4000, "done")).code, 4000);
      assert.equal(client.readyState, 3);
      await network.clock.advance(30_000);
      assert.equal(network.dials, 2);
      assert.equal(network.clock.pending, 0);
    },
  );

  itEnds(
    "sends in order what was sent while there was no connection, with the bytes of then",
    async () => {
      const { network, client, received } = await start();
      network.isUp = false;
      network.cut();
      await settle();
      const bytes = new Uint8Array([1, 2]);
      await client.send("first");
      await client.send(bytes);
      bytes.fill(9);
      await client.send("last");
      assert.ok(client.bufferedAmount > 0);
      await reconnect(network);
      assert.deepEqual(received, ["first", new Uint8Array([1, 2]), "last"]);
      assert.equal(client.bufferedAmount, 0);
      await client.close();
    },
  );

  itEnds(
    "holds senders back while there is no connection, and fails those who do not wait",
    async () => {
      const unsent: number[] = [];
      const onUnsent = (messages: readonly Message[]): void => void unsent.push(messages.length);
      const { network, client, received } = await start({ onUnsent }, {
        maxBufferedBytes: 1_000_000,
      });
      network.isUp = false;
      network.cut();
      await settle();
      const large = new Uint8Array(300_000);
      const sent = client.send(large);
      assert.equal(await isSettled(sent), false);
      await reconnect(network);
      await sent;
      assert.equal(received.length, 1);
      network.isUp = false;
      network.cut();
      await settle();
      const sends = [1, 2, 3, 4].map(() => client.send(large));
      await rejectsWith(sends[3]!, "ERR_SEND_LIMIT");
      const { cause } = await client.closed;
      assert.ok(cause instanceof WebSocketError && cause.code === "ERR_SEND_LIMIT");
      await settle();
      assert.deepEqual(unsent, [4]);
    },
  );

  itEnds("tells what was never sent, when it gives up", async () => {
    const unsent: (readonly Message[])[] = [];
    const { network, client } = await start({
      maxAttempts: 2,
      onUnsent: (all) => unsent.push(all),
    });
    network.isUp = false;
    network.cut();
    await settle();
    client.send("lost");
    await network.clock.advance(60_000);
    const { code, initiator, cause } = await client.closed;
    assert.deepEqual([code, initiator], [1006, "transport"]);
    assert.ok(cause instanceof WebSocketError && cause.cause instanceof WebSocketError);
    assert.equal(cause.cause.code, "ERR_RECONNECT");
    assert.deepEqual(unsent, [["lost"]]);
    assert.equal(await client.read(), null);
    await rejectsWith(client.send("later"), "ERR_CLOSED");
  });

  itEnds("ends with the close code on which it gives up", async () => {
    const { network, client } = await start();
    server(network).close(1008, "go");
    const { code, reason, wasClean, initiator } = await client.closed;
    assert.deepEqual([code, reason, wasClean, initiator], [1008, "go", true, "remote"]);
    await network.clock.advance(60_000);
    assert.equal(network.dials, 1);
  });

  itEnds("a connection that reconnects can be closed while there is no connection", async () => {
    const { network, client } = await start();
    network.isUp = false;
    network.cut();
    await settle();
    const { wasClean } = await client.close();
    assert.equal(wasClean, false);
    await network.clock.advance(60_000);
    assert.equal(network.clock.pending, 0);
  });

  itEnds(
    "a connection that reconnects can be aborted, with and without a connection, and by its signal",
    async () => {
      for (const isUp of [true, false]) {
        const { network, client } = await start();
        network.isUp = isUp;
        if (!isUp) network.cut();
        await settle();
        client.abort(new Error("enough"));
        assert.equal((await client.closed).code, 1006);
        await network.clock.advance(60_000);
        assert.equal(network.dials, 1);
      }
      const stop = new AbortController();
      const { network, client } = await start({}, { signal: stop.signal });
      stop.abort(new Error("enough"));
      assert.equal((await client.closed).code, 1006);
      await network.clock.advance(60_000);
      assert.equal(network.dials, 1);
    },
  );

  itEnds("rejects with what makes the first attempt useless", async () => {
    const network = new MemoryNetwork(() => new Response("no", { status: 401 }));
    const opened = startConnect(makeTestHost(network), "ws://test/", { reconnect: true });
    assert.equal((await rejectsWith(opened, "ERR_HANDSHAKE_STATUS")).status, 401);
  });

  itEnds("tells of each connection, before what waited is sent, and of each loss", async () => {
    const told: (string | number)[] = [];
    const { network, client, received } = await start({
      onConnect(connection) {
        told.push("connect");
        connection.send("token");
      },
      onDisconnect: ({ code }: CloseInfo) => void told.push(code),
    });
    network.cut();
    await settle();
    client.send("waited");
    await reconnect(network);
    assert.deepEqual(received, ["token", "token", "waited"]);
    assert.deepEqual(told, ["connect", 1006, "connect"]);
    await client.close();
  });

  itEnds("runs a handler once, over all connections", async () => {
    const log: unknown[] = [];
    const handler: WebSocketHandler = {
      open: () => void log.push("open"),
      message: (_connection, message) => void log.push(message),
      close: (_connection, { code }) => void log.push(code),
    };
    const { network, client } = await start({}, { handler });
    server(network).send("a");
    await settle();
    network.cut();
    await reconnect(network);
    server(network).send("b");
    await settle();
    await client.close();
    await settle();
    assert.deepEqual(log, ["open", "a", "b", 1000]);
  });

  itEnds("holds the server back while nothing is read, and reconnects all the same", async () => {
    const { network, client } = await start();
    let sent = 0;
    const fill = async (): Promise<void> => {
      const { send } = { send: server(network) };
      for (; sent < 100 && send.readyState === 1; sent++) {
        if (await isSettled(send.send(new Uint8Array(64 * 1024).fill(sent))) === false) return;
      }
    };
    await fill();
    assert.ok(sent < 100, "the server was not held back");
    await settle();
    network.cut();
    await reconnect(network);
    assert.equal(network.dials, 2);
    assert.equal(server(network).readyState, 1);
    const first = await client.readBinary();
    assert.equal(first?.[0], 0);
    await client.close();
  });

  itEnds("pings the connection of the moment", async () => {
    const { network, client } = await start();
    assert.equal(typeof await client.ping(), "number");
    network.isUp = false;
    network.cut();
    await settle();
    await rejectsWith(client.ping(), "ERR_CLOSED");
    await client.close();
  });

  itEnds("rejects a wrong option", async () => {
    const reconnect = { maxAttempt: 3 } as StableOptions;
    await assert.rejects(start(reconnect), /reconnect: unknown option "maxAttempt"/);
    await assert.rejects(start({ maxAttempts: 0 }), RangeError);
  });

  itEnds("a connection that reconnects is an ordinary connection without the option", async () => {
    const network = new MemoryNetwork(idle());
    const client = await startConnect(makeTestHost(network), () => "ws://test/", {});
    network.cut();
    assert.equal((await client.closed).code, 1006);
    assert.equal(network.dials, 1);
  });
});
