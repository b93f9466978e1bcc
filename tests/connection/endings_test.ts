/**
 * The table of endings, drawn: each row on a handler that reads and on one that is fed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import { type EndingName, ENDINGS } from "../../src/connection/endings.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { ENDINGS_PAGE, printEndings } from "../../scripts/docs/endings.ts";
import { filler } from "../helpers/bits.ts";
import { causeCode, idle, itEnds, readAll, recordEnds } from "../helpers/connections.ts";
import { openToServer, type RawPeer } from "../helpers/raw_peer.ts";

const CLOSE = "1 000 1000 m 0000010 x03e8";
const RESERVED_OPCODE = "1 000 0011 m 0000000";
const SERVER = { maxBufferedBytes: 600_000, maxMessageBytes: 100_000 };

/** A connection of a server whose peer is driven by hand. */
interface Scene {
  readonly peer: RawPeer;
  readonly connection: WebSocketConnection;
  readonly clock: VirtualClock;
  /** The calls that end the server's side of the transport. */
  readonly calls: readonly string[];
}

/** The events by which a connection comes to its end. */
const EVENTS: Readonly<Record<EndingName, (scene: Scene) => void | Promise<void>>> = {
  localClose: ({ connection }) => void connection.close(4000),
  remoteClose: ({ peer }) => peer.send(CLOSE),
  failure: ({ peer }) => peer.send(RESERVED_OPCODE),
  transportEnd: ({ peer }) => peer.transport.end(),
  transportLoss: ({ peer }) => peer.transport.lose(),
  abort: ({ connection }) => connection.abort(),
  keepaliveTimeout: ({ clock }) => clock.advance(50_000),
  closeTimeout: ({ clock, peer }) => {
    peer.endsToo = false;
    peer.send(CLOSE);
    return clock.advance(5_000);
  },
  sendLimit({ peer, connection }) {
    peer.transport.pause();
    for (let i = 0; i < 20; i++) connection.send(filler(65_536)).catch(() => {});
  },
};

/** Calls on the transport, by the action in the table. `closeTimeout` follows another ending. */
const CALLS = { sendClose: "", finish: "end", end: "end", abort: "abort" } as const;

async function open(handler: WebSocketHandler): Promise<Scene> {
  const clock = new VirtualClock();
  const { peer, connection, transport } = await openToServer(handler, { clock, server: SERVER });
  return { peer, connection, clock, calls: recordEnds(transport) };
}

/** Lets an event have its effect. */
async function play(name: EndingName, scene: Scene): Promise<void> {
  await EVENTS[name](scene);
  await scene.clock.advance(0);
  await settle();
}

describe("the table of endings", () => {
  it("the table of endings is printed in docs/endings.md as it is (else: deno task docs:endings)", () => {
    assert.equal(readFileSync(ENDINGS_PAGE, "utf8"), printEndings());
  });

  for (const name of Object.keys(EVENTS) as EndingName[]) {
    const { initiator, error, wire, unread } = ENDINGS[name];
    const isKept = unread === "keep";

    itEnds(
      `${name} tells initiator ${initiator} and ${error ?? "the code of its frame"}`,
      async () => {
        const scene = await open(idle());
        if (name === "closeTimeout") void scene.connection.close();
        await (name === "closeTimeout" ? scene.clock.advance(5_000) : play(name, scene));
        if (wire === "sendClose") scene.peer.send(CLOSE);
        const info = await scene.connection.closed;
        assert.equal(info.initiator, initiator);
        assert.equal(info.wasClean, name === "localClose" || name === "remoteClose");
        if (error === null) return;
        assert.equal(info.code, 1006);
        assert.equal(causeCode(info), error);
      },
    );

    itEnds(
      `${name} ${wire === null ? "leaves the transport alone" : `calls ${wire} of the wire`}`,
      async () => {
        const scene = await open(idle());
        const expected = wire === null ? "" : CALLS[wire];
        await play(name, scene);
        assert.equal(scene.calls.at(-1) ?? "", expected);
        assert.equal(scene.connection.readyState >= 2, true);
      },
    );

    itEnds(`${name} ${isKept ? "keeps" : "drops"} messages that nothing has read`, async () => {
      const scene = await open(idle());
      scene.peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
      await settle();
      await play(name, scene);
      assert.deepEqual(await readAll(scene.connection), isKept ? ["a", "b"] : []);
    });

    itEnds(`${name} ${isKept ? "keeps" : "drops"} messages behind a busy message()`, async () => {
      const gate = Promise.withResolvers<void>(), closed = Promise.withResolvers<void>();
      const log: unknown[] = [];
      const scene = await open({
        async message(_connection, message) {
          log.push(message);
          await gate.promise;
        },
        close: () => closed.resolve(),
      });
      scene.peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
      await settle();
      await play(name, scene);
      if (wire === "sendClose") scene.peer.send(CLOSE);
      gate.resolve();
      await closed.promise;
      assert.deepEqual(log, isKept ? ["a", "b"] : ["a"]);
    });
  }

  for (const name of ["sendLimit", "transportEnd", "transportLoss", "abort"] as const) {
    const isKept = ENDINGS[name].unread === "keep";
    itEnds(`${name} ${isKept ? "keeps" : "drops"} messages that wait undecoded`, async () => {
      const scene = await open(idle());
      const message = "1 000 0010 m 1111111 +0000000000015f90 *90000";
      // The inbox takes three.
      scene.peer.send(Array.from({ length: 5 }, () => message).join(" | "));
      await settle();
      await play(name, scene);
      const read = await readAll(scene.connection);
      assert.equal(read.length, isKept ? 5 : 0);
    });
  }
});
