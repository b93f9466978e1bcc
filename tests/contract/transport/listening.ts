/**
 * Listeners: addresses, ports and paths that are free again, many connections.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, linkSync, readdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { describe, it } from "node:test";
import type { Transport } from "../../../src/transport/transport.ts";
import type { Address } from "../../../src/message.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import {
  patience,
  toDialOptions,
  type TransportFeatures,
  type TransportRuntime,
  withPair,
  withPath,
} from "./pair.ts";
import { comesToRest, eventually } from "../../helpers/waiting.ts";

function expectTcp(address: Address | null): { hostname: string; port: number } {
  if (address?.transport !== "tcp") throw new Error(`not tcp: ${JSON.stringify(address)}`);
  return address;
}

const refuse = (transport: Transport): void => {
  transport.sink = new RecordingSink();
  transport.abort();
};

/** Declares the tests of listeners. */
export function testListening(runtime: TransportRuntime, features: TransportFeatures): void {
  describe("listen()", () => {
    it(
      "gives its address, and transports give the addresses of both ends",
      patience,
      () =>
        withPair({ runtime, place: "tcp" }, ({ server, client, listener }) => {
          const { hostname, port } = expectTcp(listener.address);
          assert.equal(hostname, "127.0.0.1");
          assert.ok(port > 0);
          assert.deepEqual(client.transport.remoteAddress, {
            transport: "tcp",
            hostname: "127.0.0.1",
            port,
          });
          const remote = expectTcp(server.transport.remoteAddress);
          assert.equal(remote.hostname, "127.0.0.1");
          assert.ok(remote.port > 0 && remote.port !== port);
          return Promise.resolve();
        }),
    );

    it(
      "rejects when the port is taken",
      patience,
      () =>
        withPair({ runtime, place: "tcp" }, async ({ listener }) => {
          const { port } = expectTcp(listener.address);
          await assert.rejects(runtime.listen({ port }, refuse), Error);
        }),
    );

    it(
      "frees its port on close while open transports stay",
      patience,
      () =>
        withPair({ runtime, place: "tcp" }, async ({ server, client, listener }) => {
          const { port } = expectTcp(listener.address);
          await listener.close();
          await listener.close();
          await assert.rejects(runtime.dial({ hostname: "127.0.0.1", port }, new RecordingSink()));
          const second = await runtime.listen({ port }, refuse);
          client.writer.write(100);
          await server.sink.until(() => server.sink.receivedBytes === 100);
          await second.close();
          server.writer.write(100);
          await client.sink.until(() => client.sink.receivedBytes === 100);
        }),
    );

    it("frees its path on close", patience, () =>
      withPath(async (path) => {
        for (let round = 0; round < 2; round++) {
          const listener = await runtime.listen({ path }, refuse);
          assert.deepEqual(listener.address, { transport: "unix", path });
          assert.ok(existsSync(path));
          await assert.rejects(runtime.listen({ path }, refuse), Error, "taken");
          await listener.close();
          assert.equal(existsSync(path), false);
        }
      }));

    it(
      "takes over the socket file of a dead process, and no other file",
      patience,
      () =>
        withPath(async (path) => {
          const dead = `${path}.dead`;
          const first = await runtime.listen({ path }, refuse);
          linkSync(path, dead);
          await assert.rejects(runtime.listen({ path: dead }, refuse), Error, "alive");
          await first.close();
          const second = await runtime.listen({ path: dead }, refuse);
          await second.close();
          writeFileSync(path, "precious");
          await assert.rejects(runtime.listen({ path }, refuse), Error);
          assert.ok(existsSync(path));
        }),
    );

    it("accepts transports that are aborted inside accept", patience, async () => {
      const listener = await runtime.listen({}, refuse);
      const sink = new RecordingSink();
      const transport = await runtime.dial(toDialOptions(listener.address), sink).catch(() => null);
      if (transport !== null) {
        await sink.until(() => sink.closes + sink.ends > 0);
        transport.end();
        await sink.until(() => sink.closes === 1);
      }
      await listener.close();
    });

    it("goes on after peers have reset their connections", patience, async () => {
      if (features.rawClients === false) return;
      const sinks: RecordingSink[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      const listener = await runtime.listen({}, (transport) => {
        const sink = new RecordingSink({ onChunk: () => void transport.write(answer, 0, 9) });
        transport.sink = sink;
        if (sinks.push(sink) === 20) resolve();
      });
      const answer = new Uint8Array(9);
      for (let times = 0; times < 20; times++) {
        const socket = createConnection(expectTcp(listener.address).port, "127.0.0.1");
        socket.on("error", () => {});
        socket.on("connect", () => socket.write("x"));
        socket.on("data", () => socket.resetAndDestroy());
      }
      await promise;
      for (const sink of sinks) await sink.until(() => sink.closes === 1);
      await listener.close();
    });

    it("shares its port with reusePort", patience, async () => {
      if (features.reusePort === false) return;
      const first = await runtime.listen({ reusePort: true }, refuse);
      const { port } = expectTcp(first.address);
      const second = await runtime.listen({ port, reusePort: true }, refuse);
      assert.equal(expectTcp(second.address).port, port);
      await first.close();
      await second.close();
    });

    it("leaves no open file behind after 1,000 connections", patience, async () => {
      let closes = 0;
      const listener = await runtime.listen({}, (transport) => {
        transport.sink = new RecordingSink({
          onChunk: (chunk) => void transport.write(chunk, 0, chunk.length),
          onEnd: () => transport.end(),
          onClose: () => void closes++,
        });
      });
      const before = countOpenFiles();
      for (let round = 0; round < 20; round++) {
        await Promise.all(Array.from({ length: 50 }, async () => {
          const sink = new RecordingSink({ onChunk: () => {} });
          const transport = await runtime.dial(toDialOptions(listener.address), sink);
          transport.write(new Uint8Array(1), 0, 1);
          await sink.until(() => sink.receivedBytes === 1);
          transport.end();
          await sink.until(() => sink.closes === 1);
        }));
      }
      await eventually("the server's ends are closed", () => closes >= 1000);
      const isAsBefore = (): boolean => countOpenFiles() <= before + 5;
      await eventually(`no more files are open than ${before + 5}`, isAsBefore);
      assert.equal(await comesToRest(() => closes), 1000);
      await listener.close();
    });
  });
}

/** Open file descriptors of this process where the system tells, else 0. */
function countOpenFiles(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}
