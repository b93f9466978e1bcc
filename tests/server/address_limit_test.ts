/** The connections of each address. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HandlerProducer, WebSocketHandler } from "../../src/handler.ts";
import type { Address } from "../../src/message.ts";
import { AddressLimit } from "../../src/server/address_limit.ts";
import type { RefusedUpgrade } from "../../src/server/refusal_report.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { RawPeer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

const tcp = (hostname: string): Address => ({ transport: "tcp", hostname, port: 1 });

describe("AddressLimit", () => {
  it("gives a place to others once it is given back, and only once", () => {
    const limit = new AddressLimit<object>(1), first = {};
    assert.equal(limit.take(first, tcp("192.0.2.1")), true);
    assert.equal(limit.take({}, tcp("192.0.2.1")), false);
    assert.equal(limit.take({}, tcp("192.0.2.2")), true);
    limit.release(first);
    limit.release(first);
    assert.equal(limit.take({}, tcp("192.0.2.1")), true);
    assert.equal(limit.take({}, tcp("192.0.2.1")), false);
  });

  for (
    const [what, a, b, isSame] of [
      ["two addresses of an IPv6 network of 64 bits", "2001:db8::1", "2001:db8::ffff:2", true],
      ["two networks of 64 bits", "2001:db8:0:1::1", "2001:db8:0:2::1", false],
      ["IPv4 and the same in IPv6", "192.0.2.1", "::ffff:192.0.2.1", true],
      ["two of IPv4 in IPv6", "::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
    ] as const
  ) {
    it(`takes ${what} for ${isSame ? "one client" : "two clients"}`, () => {
      const limit = new AddressLimit<object>(1);
      limit.take({}, tcp(a));
      assert.equal(limit.take({}, tcp(b)), !isSame);
    });
  }

  it("does not count peers without an address", () => {
    const limit = new AddressLimit<object>(1);
    for (const address of [null, { transport: "unix", path: "/a" }] as const) {
      for (let i = 0; i < 3; i++) assert.equal(limit.take({}, address), true);
    }
  });
});

describe("maxConnectionsPerAddress", () => {
  const start = (
    handler: WebSocketHandler | HandlerProducer,
    onRefuse = (_: RefusedUpgrade) => {},
  ) => {
    const server = new RawServer(handler, { server: { maxConnectionsPerAddress: 2, onRefuse } });
    return async (hostname: string): Promise<RawPeer> => {
      const { client, server: transport } = MemoryTransport.pair();
      transport.remoteAddress = tcp(hostname);
      server.take(transport);
      const peer = new RawPeer(client, "client");
      peer.write(upgradeRequest());
      await settle();
      return peer;
    };
  };
  const status = ({ head }: RawPeer): string | undefined => head?.slice(9, 12);

  itEnds("refuses one more with 429 and a time to wait, and others not", async () => {
    const told: RefusedUpgrade[] = [];
    const connect = start(IDLE, (refused) => void told.push(refused));
    const first = await connect("192.0.2.1");
    await connect("192.0.2.1");
    const third = await connect("192.0.2.1");
    assert.equal(status(third), "429");
    assert.match(third.head ?? "", /^retry-after: 5$/im);
    assert.deepEqual(told.map(({ rule }) => rule), ["maxConnectionsPerAddress"]);
    assert.equal(status(await connect("192.0.2.2")), "101");
    first.transport.lose();
    await settle();
    assert.equal(status(await connect("192.0.2.1")), "101");
  });

  itEnds(
    "counts openings whose producer decides, and gives the place of a refused one back",
    async () => {
      const gates: PromiseWithResolvers<WebSocketHandler | null>[] = [];
      const connect = start(() => {
        gates.push(Promise.withResolvers());
        return gates.at(-1)!.promise;
      });
      const waiting = [await connect("192.0.2.1"), await connect("192.0.2.1")];
      assert.equal(status(await connect("192.0.2.1")), "429");
      for (const gate of gates) gate.resolve(null);
      await settle();
      assert.deepEqual(waiting.map(status), ["400", "400"]);
      await connect("192.0.2.1");
      assert.equal(gates.length, 3);
    },
  );
});
