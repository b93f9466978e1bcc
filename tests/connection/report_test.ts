/**
 * Handlers that throw what no error is, and an `onError` that fails: others hear nothing of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { report } from "../../src/connection/report.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

/** Throws whatever it is asked. */
const SPITEFUL: unknown = new Proxy({}, {
  get: () => {
    throw new Error("asked for a property");
  },
  getPrototypeOf: () => {
    throw new Error("asked for its prototype");
  },
});

const THROWN: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["undefined", undefined],
  ["a Symbol", Symbol("mine")],
  ["an object that throws when it is looked at", SPITEFUL],
];

async function withQuietConsole(use: () => Promise<void>): Promise<void> {
  const { error } = console;
  console.error = () => {};
  try {
    await use();
  } finally {
    console.error = error;
  }
}

describe("a handler that throws", () => {
  for (const [what, thrown] of THROWN) {
    for (const how of ["throws", "rejects"] as const) {
      itEnds(`(${how}) ${what} is closed with 1011, and mutes nobody`, async () => {
        const errors: unknown[] = [];
        const server = new RawServer(() => ({
          message(connection, message) {
            if (message !== "bad") return connection.send(message);
            if (how === "rejects") return Promise.reject(thrown);
            throw thrown;
          },
        }), { server: { onError: (error) => void errors.push(error) } });
        const bad = await server.ask(upgradeRequest()), good = await server.ask(upgradeRequest());
        bad.send('1 000 0001 m 0000011 "bad"');
        assert.deepEqual(await bad.frames(), ["close 1011"]);
        good.send('1 000 0001 m 0000010 "hi"');
        assert.deepEqual(await good.frames(), ['text "hi"']);
        assert.equal(errors.length, 1);
        assert.equal(errors[0] === thrown, true);
      });
    }
  }

  itEnds("a handler that throws in ping, pong and close is told, whatever it throws", async () => {
    const errors: unknown[] = [];
    const fail = (): Promise<never> => Promise.reject(SPITEFUL);
    const server = new RawServer(() => ({ message() {}, ping: fail, pong: fail, close: fail }), {
      server: { onError: (error) => void errors.push(error) },
    });
    const peer = await server.ask(upgradeRequest());
    peer.send("1 000 1001 m 0000000 | 1 000 1010 m 0000000");
    await settle();
    peer.send("1 000 1000 m 0000000");
    await settle();
    assert.equal(errors.length, 3);
  });
});

describe("report", () => {
  itEnds("goes on whatever onError does", () =>
    withQuietConsole(async () => {
      for (const [, thrown] of THROWN) {
        report(() => {
          throw thrown;
        });
        report(() => Promise.reject(thrown)); // else an unhandled rejection, which ends the process
        report(() => SPITEFUL);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }));

  itEnds("goes on when even the console throws", async () => {
    const { error } = console;
    console.error = () => {
      throw new Error("no console");
    };
    try {
      report(() => {
        throw new Error("mine");
      });
    } finally {
      console.error = error;
    }
    await settle();
  });
});
