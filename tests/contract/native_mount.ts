/**
 * What the connection suite does not ask of mounts on native servers: limits that they keep
 * in their own way, and openings that come to nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { CloseInfo, UpgradeOptions, WebSocketHandler } from "../../mod.ts";
import { causeCode, itEnds, rejectsWith } from "../helpers/connections.ts";
import { Log, request, type Serve } from "./connection/host.ts";
import { untyped } from "../helpers/untyped.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { comesToRest, eventually } from "../helpers/waiting.ts";

/** Declares the tests for one native server. */
export function testNativeMount(name: string, serve: Serve): void {
  describe(name, () => {
    itEnds("fails with 1008 when unread messages exceed maxBufferedBytes", async () => {
      const ends = new Log<CloseInfo>();
      const served = await serve({ maxBufferedBytes: 500_000 }, {
        open: (connection) => void connection.closed.then((end) => ends.add(end)),
        message: () => new Promise(() => {}),
      });
      const client = await served.connect("/", { maxBufferedBytes: Infinity });
      for (let sent = 0; sent < 100; sent++) client.send(new Uint8Array(50_000));
      const [end] = await ends.until(1);
      assert.deepEqual([end?.code, end?.initiator], [1008, "local"]);
      assert.equal(causeCode(end!), "ERR_RECEIVE_LIMIT");
      // Deno drops the transport with bytes unread, so that the reset may overtake its Close.
      const { code } = await client.closed;
      assert.ok(code === 1008 || (code === 1006 && "Deno" in globalThis));
      await served.close({ timeoutMs: 0 });
    });

    itEnds("refuses a malformed Host with 400 and keeps no place for it", async () => {
      const served = await serve({ maxPendingUpgrades: 1 }, IDLE);
      for (let times = 0; times < 2; times++) {
        const raw = served.openRaw();
        raw.socket.write(request().replace(/Host: .*/, "Host: a b^:x"));
        assert.match(await raw.until(/\r\n\r\n/), /^HTTP\/1\.1 400 /);
        raw.socket.destroy();
      }
      const client = await served.connect();
      client.abort();
      await served.close({ timeoutMs: 0 });
    });

    itEnds("refuses by the rules before it asks a producer, and tells of it", async () => {
      const told: [number, string][] = [];
      const onRefuse = ({ status, rule }: { status: number; rule: string }): void =>
        void told.push([status, rule]);
      const served = await serve({ onRefuse }, () => IDLE);
      const answers: (string | undefined)[] = [];
      for (const line of ["Host: a b^:x", "Host: test\r\nOrigin: http://evil.example"]) {
        const raw = served.openRaw();
        raw.socket.write(request().replace(/Host: .*/, line));
        answers.push((await raw.until(/\r\n\r\n/)).slice(9, 12));
        raw.socket.destroy();
      }
      assert.deepEqual(answers, ["400", "403"]);
      assert.deepEqual(told.at(-1), [403, "origin"]);
      await served.close({ timeoutMs: 0 });
    });

    itEnds("keeps unread messages for a slow session, up to maxBufferedBytes", async () => {
      const seen = new Log<number>(), gate = Promise.withResolvers<void>();
      const served = await serve({ maxBufferedBytes: 2_000_000 }, {
        async session(connection) {
          await gate.promise;
          for await (const message of connection) seen.add(message.length);
        },
      });
      const client = await served.connect("/", { maxBufferedBytes: Infinity });
      for (let size = 1; size <= 100; size++) await client.send(new Uint8Array(size * 150));
      await client.close(); // what came before it is still read
      gate.resolve();
      const sizes = await seen.until(100);
      assert.deepEqual(sizes, Array.from({ length: 100 }, (_, index) => (index + 1) * 150));
      await served.close({ timeoutMs: 0 });
    });

    itEnds("gives binary messages as plain Uint8Arrays with buffers of their own", async () => {
      const kinds = new Log<unknown[]>();
      const served = await serve({}, {
        message(_connection, message) {
          assert.ok(message instanceof Uint8Array);
          kinds.add([message.constructor, message.length, message.buffer.byteLength]);
        },
      });
      const client = await served.connect();
      client.send(new Uint8Array(3));
      client.send(new Uint8Array(70_000));
      assert.deepEqual(await kinds.until(2), [[Uint8Array, 3, 3], [Uint8Array, 70_000, 70_000]]);
      await served.close({ timeoutMs: 0 });
    });

    itEnds("names the side that closed for a message over maxMessageBytes", async () => {
      const ends = new Log<CloseInfo>();
      const served = await serve({ maxMessageBytes: 1000 }, {
        close: (_connection, closing) => ends.add(closing),
      });
      const client = await served.connect();
      await client.send(new Uint8Array(1000));
      await client.send(new Uint8Array(1001));
      assert.equal((await client.closed).code, 1009);
      const [end] = await ends.until(1);
      assert.deepEqual([end?.code, end?.initiator], [1009, "local"]);
      assert.equal(causeCode(end!), "ERR_MESSAGE_TOO_BIG");
      await served.close({ timeoutMs: 0 });
    });

    itEnds("refuses a request that breaks a rule of the handshake", async () => {
      const served = await serve({}, IDLE);
      for (
        const [text, answer] of [
          [request().replace("Version: 13", "Version: 12"), /^HTTP\/1\.1 426 [^]*version/i],
          [request().replace("GET", "POST"), /^HTTP\/1\.1 405 /],
          [request().replace("dGhl", "dG"), /^HTTP\/1\.1 400 /],
          [request().replace(/^Host:.*$/m, "Host: a/b"), /^HTTP\/1\.1 400 /], // no URL of it
        ] as const
      ) {
        const client = served.openRaw();
        client.socket.write(text);
        assert.match(await client.until(/\r\n\r\n/), answer);
        client.socket.destroy();
      }
      await served.close({ timeoutMs: 0 });
    });

    itEnds("throws on options that it does not support or that make no sense", async () => {
      await rejectsWith(serve({ compression: { level: 9 } }, IDLE), "ERR_NOT_SUPPORTED");
      await assert.rejects(serve({ pingIntervalMs: 0 }, IDLE), RangeError);
      await assert.rejects(serve({}, untyped({ session() {}, message() {} })), TypeError);
    });

    itEnds("answers 431 to a head with more than maxHeaderFields", async () => {
      const served = await serve({ maxHeaderFields: 8 }, IDLE);
      await (await served.connect()).close();
      const headers = { a: "1", b: "2", c: "3", d: "4" };
      const error = await rejectsWith(served.connect("/", { headers }), "ERR_HANDSHAKE_STATUS");
      assert.equal(error.status, 431);
      await served.close({ timeoutMs: 0 });
    });

    itEnds("answers 503 when the producer takes longer than handshakeTimeoutMs", async () => {
      const gate = Promise.withResolvers<WebSocketHandler>(), errors = new Log<unknown>();
      const onError = (error: unknown): void => errors.add(error);
      const served = await serve({ handshakeTimeoutMs: 30, onError }, () => gate.promise);
      const error = await rejectsWith(served.connect(), "ERR_HANDSHAKE_STATUS");
      assert.equal(error.status, 503);
      gate.resolve({ open: () => assert.fail("opened") });
      const count = (): number => served.connections.size + errors.entries.length;
      assert.equal(await comesToRest(count), 0, "the late handler was used");
      await served.close({ timeoutMs: 0 });
    });

    itEnds("answers 503 on close() to requests that wait for their producer", async () => {
      const asked = new Log();
      const served = await serve({}, () => {
        asked.add("");
        return new Promise(() => {});
      });
      const opening = rejectsWith(served.connect(), "ERR_HANDSHAKE_STATUS");
      await asked.until(1);
      await served.close();
      assert.equal((await opening).status, 503);
    });

    itEnds("forgets a client that leaves before the decision", async () => {
      const gate = Promise.withResolvers<WebSocketHandler>();
      const asked = new Log(), errors = new Log<unknown>();
      const options: UpgradeOptions = {
        onError: (error) => errors.add(error),
        maxConnections: 1,
        handshakeTimeoutMs: 1_000, // Deno does not tell that the client has left
      };
      const served = await serve(options, () => {
        asked.add("");
        return asked.entries.length === 1 ? gate.promise : IDLE;
      });
      const client = served.openRaw();
      client.socket.write(request());
      await asked.until(1);
      client.socket.destroy();
      // The server notices that the client has left, or does not; no event tells which.
      assert.equal(await comesToRest(() => errors.entries.length), 0);
      gate.resolve(IDLE);
      await eventually(
        "a place for another client",
        () => served.connect().then(() => true, () => false),
      );
      assert.equal(served.connections.size, 1);
      assert.deepEqual(errors.entries, []);
      await served.close({ timeoutMs: 0 });
    });
  });
}
