/**
 * After which failures a client connects again, and after which it gives up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { untyped } from "../helpers/untyped.ts";
import { WebSocketError } from "../../src/errors.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { next, refusal, start } from "./started.ts";

describe("a failed connection", () => {
  for (const status of [200, 400, 401, 403, 404, 410]) {
    itEnds(`gives up at once on ${status}, with its error`, async () => {
      const started = start();
      started.network.answers = [refusal(status)];
      const error = await rejectsWith(started.connections.next(), "ERR_HANDSHAKE_STATUS");
      assert.equal(error.status, status);
      assert.equal(started.network.clock.pending, 0);
    });
  }

  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    itEnds(`tries again after ${status}`, async () => {
      const started = start();
      started.network.answers = [refusal(status)];
      const first = next(started);
      await started.network.clock.advance(2_000);
      await first;
      await started.connections.return();
    });
  }

  for (const code of [1002, 1003, 1007, 1008]) {
    itEnds(`gives up on the close code ${code}`, async () => {
      const started = start();
      const connection = await next(started);
      started.network.connections[0]!.close(code, "why");
      const error = await rejectsWith(started.connections.next(), "ERR_RECONNECT");
      assert.match(error.message, new RegExp(`${code} \\(why\\)`));
      assert.equal(error.cause, await connection.closed);
    });
  }

  for (const code of [1000, 1001, 1011, 4000]) {
    itEnds(`connects again after ${code} of the server`, async () => {
      const started = start();
      await next(started);
      started.network.connections[0]!.close(code);
      const second = next(started);
      await started.network.clock.advance(2_000);
      await second;
      await started.connections.return();
    });
  }

  itEnds("asks shouldRetry first", async () => {
    const asked: unknown[] = [];
    const started = start({
      shouldRetry(cause) {
        asked.push(cause);
        return cause instanceof WebSocketError ? cause.status === 401 : undefined;
      },
    });
    started.network.answers = [refusal(401), refusal(503)];
    const first = rejectsWith(started.connections.next(), "ERR_HANDSHAKE_STATUS");
    await started.network.clock.advance(4_000);
    assert.equal((await first).status, 503);
    assert.equal(asked.length, 2);
  });

  itEnds(
    "awaits the promise of shouldRetry, and gives up on an answer that is no boolean",
    async () => {
      for (const [answer, name] of [[false, "WebSocketError"], ["yes", "TypeError"]] as const) {
        const started = start({ shouldRetry: () => Promise.resolve(untyped<boolean>(answer)) });
        started.network.answers = [refusal(503), refusal(503)];
        const first = assert.rejects(started.connections.next(), { name });
        await started.network.clock.advance(4_000);
        await first;
        assert.equal(started.network.dials, 1);
      }
    },
  );

  itEnds("goes on when onAttempt throws or rejects", async () => {
    const { error } = console;
    console.error = () => {};
    try {
      for (const onAttempt of [() => assert.fail("mine"), () => Promise.reject(null)]) {
        const started = start({ onAttempt: untyped(onAttempt) });
        const first = started.connections.next();
        await started.network.clock.advance(4_000);
        assert.equal((await first).done, false);
        await started.connections.return();
      }
    } finally {
      console.error = error;
    }
  });

  itEnds("gives up after maxAttempts failures in a row", async () => {
    const started = start({ maxAttempts: 3 });
    started.network.isUp = false;
    const error = rejectsWith(started.connections.next(), "ERR_RECONNECT");
    await started.network.clock.advance(60_000);
    const { cause } = await error;
    assert.ok(cause instanceof WebSocketError && cause.code === "ERR_CONNECT");
    assert.equal(started.network.dials, 3);
  });

  itEnds(
    "ends without an error when the program closes a connection, not when it aborts one",
    async () => {
      const started = start();
      const first = await next(started);
      first.abort();
      const second = next(started);
      await started.network.clock.advance(2_000);
      await (await second).close(4000);
      assert.deepEqual(await started.connections.next(), { done: true, value: undefined });
    },
  );
});
