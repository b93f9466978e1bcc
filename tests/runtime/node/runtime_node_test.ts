/**
 * The transport suite over Node's sockets, and what only they could get wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { duplexPair } from "node:stream";
import { describe, it } from "node:test";
import { HIGH_WATER_BYTES } from "../../../src/transport/transport.ts";
import { nodeRuntime } from "../../../src/runtime/node/runtime.ts";
import { transportOf } from "../../../src/runtime/node_builtins/socket_transport.ts";
import { PatternWriter } from "../../helpers/pattern_writer.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { patience, pause, resume, withPair } from "../../contract/transport/pair.ts";
import { transportSuite } from "../../contract/transport_suite.ts";
import { comesToRest } from "../../helpers/waiting.ts";

transportSuite("node", nodeRuntime);

describe("a node stream as transport", () => {
  it("calls no onChunk after abort(), with several chunks in its buffer", patience, async () => {
    const serverSink: RecordingSink = new RecordingSink({ onChunk: () => drop() });
    let drop = (): void => {};
    await withPair({ runtime: nodeRuntime, place: "tls", serverSink }, async (pair) => {
      drop = () => serverSink.hush(() => pair.server.transport.abort());
      pause(pair.server);
      pair.client.writer.write(4 * HIGH_WATER_BYTES);
      await comesToRest(() => pair.client.transport.bufferedAmount);
      resume(pair.server);
      await serverSink.until(() => serverSink.closes === 1);
      assert.equal(serverSink.chunks, 1);
    });
  });

  it("keeps no reference to the buffer of a write that returned true, if it is no socket", async () => {
    const [left, right] = duplexPair();
    const sender = transportOf(left), receiver = transportOf(right);
    const sink = new RecordingSink();
    receiver.sink = sink;
    const writer = new PatternWriter(sender);
    for (let times = 0; times < 100; times++) writer.write(1000);
    await sink.until(() => sink.receivedBytes === 100_000);
    sink.check();
    sender.end();
    await sink.until(() => sink.ends === 1);
    receiver.end();
    await sink.until(() => sink.closes === 1);
  });

  it("calls onDrain if the stream has a higher mark of its own", patience, async () => {
    const server = createServer({ highWaterMark: 1024 * 1024, allowHalfOpen: true });
    const sink = new RecordingSink({ onDrain: () => assert.equal(transport.bufferedAmount, 0) });
    const accepted = Promise.withResolvers<void>();
    let transport: ReturnType<typeof transportOf>;
    server.on("connection", (socket) => {
      transport = transportOf(socket);
      transport.sink = sink;
      accepted.resolve();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const clientSink = new RecordingSink();
    const client = await nodeRuntime.dial({ hostname: "127.0.0.1", port }, clientSink);
    await accepted.promise;
    client.pause();
    const writer = new PatternWriter(transport!);
    while (transport!.bufferedAmount <= HIGH_WATER_BYTES) writer.write(30_000);
    assert.ok(transport!.bufferedAmount < 1024 * 1024);
    client.resume();
    await sink.until(() => sink.drains === 1);
    client.abort();
    transport!.abort();
    server.close();
  });

  it("a node stream as transport is the same transport when asked for again", () => {
    const [socket] = duplexPair();
    assert.equal(transportOf(socket), transportOf(socket));
  });
});
