/**
 * Handlers over an adapter: what they are given, in which order, and what becomes of their errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CloseInfo } from "../../../mod.ts";
import { type Adapter, Log, patience, withServer } from "./host.ts";
import { nextTurn } from "../../helpers/waiting.ts";

export function testHandlers(adapter: Adapter): void {
  describe("a handler", () => {
    it("is called in order, one call at a time", patience, () => {
      const log = new Log();
      return withServer(adapter, {
        async open() {
          await nextTurn();
          log.add("open");
        },
        async message(_connection, message) {
          log.add(`begin ${message}`);
          await nextTurn();
          log.add(`end ${message}`);
        },
        close: (_connection, { code, reason }) => log.add(`close ${code} ${reason}`),
      }, async ({ connect }) => {
        const client = await connect();
        client.send("1");
        client.send("2");
        await client.close(4000, "done");
        const expected = ["open", "begin 1", "end 1", "begin 2", "end 2", "close 4000 done"];
        assert.deepEqual(await log.until(6), expected);
      });
    });

    it(
      "with session() owns the connection, which closes with 1000 when it returns",
      patience,
      () =>
        withServer(adapter, {
          async session(connection) {
            for await (const message of connection) {
              if (message === "end") return;
              await connection.send(`${message}!`);
            }
          },
        }, async ({ connect }) => {
          const client = await connect();
          client.send("a");
          assert.equal(await client.read(), "a!");
          client.send("end");
          const { code, wasClean, initiator } = await client.closed;
          assert.deepEqual([code, wasClean, initiator], [1000, true, "remote"]);
        }),
    );

    for (const how of ["throws", "rejects"] as const) {
      it(`that ${how} ends with 1011, and the error is reported`, patience, () => {
        const errors = new Log<unknown>(), closes = new Log<CloseInfo>();
        return withServer(adapter, {
          message() {
            if (how === "throws") throw new Error("mine");
            return Promise.reject(new Error("mine"));
          },
          close: (_connection, closing) => closes.add(closing),
        }, async ({ connect }) => {
          const client = await connect();
          client.send("a");
          assert.equal((await client.closed).code, 1011);
          const [error] = await errors.until(1);
          assert.equal((error as Error).message, "mine");
          const [closing] = await closes.until(1);
          assert.deepEqual([closing?.code, closing?.initiator, closing?.cause], [
            1011,
            "local",
            error,
          ]);
        }, { onError: (error) => errors.add(error) });
      });
    }

    it("is given the request, the subprotocol and the address of its peer", patience, () => {
      const log = new Log<string | null>();
      return withServer(adapter, (request, protocols) => {
        log.add(protocols.join());
        log.add(new URL(request.url).pathname + new URL(request.url).search);
        log.add(request.headers.get("x-mine"));
        return {
          protocol: "b",
          open: (connection) => log.add(connection.protocol),
        };
      }, async ({ connect, connections }) => {
        const options = { protocols: ["a", "b"], headers: { "X-Mine": "1" } };
        const client = await connect("/chat?room=1", options);
        assert.equal(client.protocol, "b");
        assert.deepEqual(await log.until(4), ["a,b", "/chat?room=1", "1", "b"]);
        const [server] = connections;
        const remote = server!.remoteAddress;
        assert.ok(remote === null || remote.transport === "unix" || remote.port > 0);
        const other = await connect("/", { headers: { "X-Mine": "2" } });
        assert.equal(other.protocol, "");
      });
    });

    it("can send in open() before any answer", patience, () =>
      withServer(adapter, {
        open: (connection) => connection.send("welcome"),
        message: (connection, message) => connection.send(message),
      }, async ({ connect }) => {
        const client = await connect();
        client.send("a");
        assert.equal(await client.read(), "welcome");
        assert.equal(await client.read(), "a");
        await client.close();
      }));

    it("runs on a client as on a server", patience, () => {
      const log = new Log();
      return withServer(adapter, {
        open: (connection) => connection.send("from the server"),
        message: (connection) => void connection.close(4001, "enough"),
      }, async ({ connect }) => {
        await connect("/", {
          handler: {
            message(connection, message) {
              log.add(String(message));
              return connection.send("from the client");
            },
            close: (_connection, { code }) => log.add(`close ${code}`),
          },
        });
        assert.deepEqual(await log.until(2), ["from the server", "close 4001"]);
      });
    });
  });
}
