/**
 * An abort at every await, on real sockets: wherever the signal comes, the call rejects with its
 * reason or has succeeded, nothing is left open, and the next client is served.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { connect, serve, type ServeOptions, type WebSocketServer } from "../../mod.ts";
import { itEnds } from "../helpers/connections.ts";
import { ca, cert, key } from "../helpers/tls/fixtures.ts";
import { eventually } from "../helpers/waiting.ts";

/** Turns of the event loop after which the signal comes; the whole exchange takes fewer. */
const TURNS = 40;
const PARTS = Array.from({ length: 4 }, (_, i) => `part ${i}`);

const PLACES: readonly (readonly [string, ServeOptions])[] = [
  ["tcp", {}],
  ["http", { fetch: () => new Response("ordinary") }],
  ["tls", { tls: { cert, key } }],
];

function turns(count: number): Promise<void> {
  return new Promise((resolve) => {
    const next = (left: number): void => {
      if (left === 0) resolve();
      else setTimeout(next, 0, left - 1);
    };
    next(count);
  });
}

async function* slowly(): AsyncGenerator<string> {
  for (const part of PARTS) {
    await turns(1);
    yield part;
  }
}

/** Everything that takes a signal, one after the other. */
async function converse(server: WebSocketServer, signal: AbortSignal): Promise<string> {
  const connection = await connect(server.url, { signal, tls: { ca } });
  try {
    await connection.send("whole", { signal });
    assert.equal(await connection.read({ signal }), "whole");
    await connection.send(slowly(), { signal });
    assert.equal(await connection.readText({ signal }), PARTS.join(""));
    return "all";
  } finally {
    await connection.close();
  }
}

for (const [place, options] of PLACES) {
  describe(`an abort (${place})`, () => {
    itEnds("may come in any turn of an exchange", async () => {
      let finished = 0;
      const closed: number[] = [], errors: unknown[] = [];
      const server = await serve({
        ...options,
        onRefuse: () => {},
        onError: (error) => void errors.push(error),
      }, {
        async message(connection, message) {
          await turns(1);
          await connection.send(message);
        },
        close: (_connection, { code }) => void closed.push(code),
      });
      const reason = new Error("stop here");
      for (let count = 0; count < TURNS; count++) {
        const stop = new AbortController();
        const aborting = turns(count).then(() => stop.abort(reason));
        try {
          assert.equal(await converse(server, stop.signal), "all");
          finished++;
        } catch (error) {
          assert.equal(error, reason, `after ${count} turns: ${error}`);
        }
        await aborting;
      }
      assert.ok(finished < TURNS, "some were aborted");
      await eventually("none is left open", () => server.connections.size === 0);
      const never = new AbortController();
      assert.equal(await converse(server, never.signal), "all");
      await server.close();
      assert.deepEqual(errors, []);
      assert.ok(closed.length > 1);
    });

    itEnds("of the server's signal may come in any turn", async () => {
      for (let count = 0; count < 12; count++) {
        const stop = new AbortController();
        const aborting = turns(count).then(() => stop.abort());
        let server: WebSocketServer;
        try {
          server = await serve({ ...options, signal: stop.signal }, {
            message: (connection, message) => connection.send(message),
          });
        } catch (error) {
          assert.equal((error as Error).name, "AbortError");
          await aborting;
          continue;
        }
        const client = await connect(server.url, { tls: { ca } }).catch(() => null);
        await aborting;
        if (client !== null) assert.equal((await client.closed).initiator, "remote");
        await server.closed;
        await assert.rejects(connect(server.url, { tls: { ca } }));
      }
    });
  });
}
