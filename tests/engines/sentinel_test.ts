/**
 * Topics over a Redis with a replica and a sentinel, which makes the replica the primary when that
 * is killed.
 *
 * @module
 */
import { after, before, describe, it } from "node:test";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
import { openSentinel } from "../../scripts/topics/clients.ts";
import { assertAddsUp, Fleet, type OpenBackplane } from "./fleet.ts";
import { startSentinel, untilReplicated } from "./servers.ts";

for (const client of ["redis", "ioredis"]) {
  describe(`Redis with a sentinel (${client})`, { timeout: 180_000 }, () => {
    let engines: Awaited<ReturnType<typeof startSentinel>>;
    before(async () => void (engines = await startSentinel()));
    after(async () => {
      for (const engine of Object.values(engines)) await engine.stop();
    });

    it("topics go on over the replica when the primary is killed", async () => {
      const open: OpenBackplane = async () => {
        const { client: opened, close } = await openSentinel(client, engines.sentinel.port);
        return { backplane: redisBackplane(opened), close };
      };
      const history = { messages: 100, seconds: 60 };
      const fleet = await Fleet.open(2, open, { history });
      await fleet.witness("room");
      for (let number = 0; number < 5; number++) await fleet.publish(0, "room", `0:${number}`);
      await fleet.receives(5, 80_000);
      await untilReplicated(engines.primary, engines.replica);
      await engines.primary.kill();
      const published = [fleet.publish(0, "room", "0:5"), fleet.publish(1, "room", "1:0")];
      await Promise.all(published);
      await fleet.publish(1, "room", "1:1");
      await fleet.receives(8, 80_000);
      assertAddsUp(fleet.witnesses, fleet.taken.flat());
      await fleet.close();
    });
  });
}
