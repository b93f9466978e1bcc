/**
 * The engine between several processes of the chat, if there is one.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket/topics/redis" and ".../nats".
import type { Backplane } from "../../src/topics/mod.ts";
import { natsBackplane } from "../../src/topics/nats/mod.ts";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
// In a project of your own: `createClient` of "redis", `connect` of "@nats-io/transport-node".
import { openNats, openRedis } from "../../scripts/topics/clients.ts";

/** Where the engine is. */
export interface EngineFlags {
  readonly redis?: string | undefined;
  readonly nats?: string | undefined;
}

/** The backplane for `Topics`. */
export async function openBackplane(
  { redis, nats }: EngineFlags,
): Promise<{ backplane?: Backplane }> {
  if (redis !== undefined) return { backplane: redisBackplane((await openRedis(redis)).client) };
  if (nats === undefined) return {};
  const { client: { connection } } = await openNats(nats);
  return { backplane: natsBackplane(connection) };
}
