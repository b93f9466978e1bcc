/** Whose a request is: what the function `match` may answer. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askOwnership, makeOwnership } from "../../src/server/ownership.ts";
import { Upgrader } from "../../src/server/upgrader.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { RawPeer, upgradeRequest } from "../helpers/raw_peer.ts";
import { untyped } from "../helpers/untyped.ts";

describe("match", () => {
  it("match may be a function that answers by a promise", async () => {
    for (const answer of [true, false]) {
      const owns = makeOwnership(() => Promise.resolve(answer), IDLE);
      assert.equal(await askOwnership(owns, "/"), answer);
    }
  });

  it("match is told when it answers with anything but a boolean", async () => {
    for (const answer of [undefined, 1, "no", {}]) {
      assert.throws(
        () => askOwnership(untyped(() => answer), "/"),
        /^TypeError: match: .* must return/,
      );
      const owns = untyped<() => boolean>(() => Promise.resolve(answer));
      await assert.rejects(async () => await askOwnership(owns, "/"), /^TypeError: match: .*/);
    }
  });

  for (const how of ["throws", "rejects"]) {
    itEnds(`match that ${how} is answered with 500 and told, and nothing escapes`, async () => {
      const errors: unknown[] = [], { client, server } = MemoryTransport.pair();
      const match = (): boolean => {
        if (how === "throws") throw new Error("mine");
        return untyped(Promise.reject(new Error("mine")));
      };
      const upgrader = new Upgrader({
        handler: IDLE,
        options: { onError: (error) => void errors.push(error) },
        platform: testPlatform(),
        mount: { match },
      });
      new TransportUpgrades(upgrader).accept(server, "http");
      const peer = new RawPeer(client, "client");
      peer.write(upgradeRequest());
      await peer.frames();
      assert.match(peer.head ?? "", /^HTTP\/1\.1 500 /);
      assert.equal(String(errors), "Error: mine");
    });
  }
});
