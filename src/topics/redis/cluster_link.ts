/**
 * A Redis cluster: one subscribing connection to each node that has topics.
 *
 * @module
 */
import type { RedisLink, RedisLinkEvents } from "./link.ts";
import type { RedisClient, RedisNode, RedisSubscriber } from "./subscriber.ts";
import { systemClock } from "../../clock.ts";
import { SlotMap } from "./slots.ts";

/** Milliseconds between two checks of the cluster while a node is lost. */
const LOOK_AGAIN_MS = 500;

/** The subscribing connection to one node. */
class Shard {
  readonly channels = new Set<string>();
  isReady = false;
  subscriber: Promise<RedisSubscriber> | null = null;
}

/** Sharded subscriptions, which follow their slots from node to node. */
export class ClusterLink implements RedisLink {
  readonly isSharded = true;
  readonly #client: RedisClient;
  readonly #channels = new Set<string>();
  readonly #shards = new Map<string, Shard>(); // by address
  #slots: Promise<SlotMap> | null = null;
  #events!: RedisLinkEvents;
  #isUp = false;
  #isLooking = false;
  #isClosed = false;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  start(events: RedisLinkEvents): void {
    this.#events = events;
    void this.#look();
  }

  command(key: string, ...words: readonly string[]): Promise<unknown> {
    return this.#client.command(key, words);
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    const shard = this.#shardOf((await this.#readSlots()).nodeOf(channel));
    shard.channels.add(channel);
    try {
      await (await shard.subscriber)?.subscribe(channel);
    } catch (error) {
      this.#lost(error); // the slot has moved
      throw error;
    }
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#channels.delete(channel);
    for (const [address, shard] of this.#shards) {
      if (!shard.channels.delete(channel)) continue;
      const subscriber = await shard.subscriber;
      if (shard.channels.size === 0) {
        this.#shards.delete(address);
        subscriber?.close();
      } else await subscriber?.unsubscribe(channel);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const shard of this.#shards.values()) (await shard.subscriber)?.close();
    this.#shards.clear();
    this.#client.close?.();
  }

  #readSlots(): Promise<SlotMap> {
    this.#slots ??= this.#client.command("topics", ["CLUSTER", "SLOTS"])
      .then((answer) => new SlotMap(answer));
    this.#slots.catch(() => this.#slots = null);
    return this.#slots;
  }

  #shardOf(node: RedisNode): Shard {
    const address = `${node.host}:${node.port}`, known = this.#shards.get(address);
    if (known !== undefined) return known;
    const shard = new Shard();
    this.#shards.set(address, shard);
    shard.subscriber = this.#client.openSubscriber(node, {
      onMessage: (channel, text) => this.#events.onMessage(channel, text),
      onReady: () => {
        const isAgain = shard.isReady === false && !this.#isUp;
        shard.isReady = true;
        if (isAgain) void this.#look();
      },
      onLost: (cause) => {
        shard.isReady = false;
        if (this.#shards.get(address) === shard) this.#lost(cause);
      },
    });
    return shard;
  }

  #lost(cause: unknown): void {
    if (this.#isClosed) return;
    const wasUp = this.#isUp;
    this.#isUp = false;
    if (wasUp) this.#events.onDown(cause);
    void this.#look();
  }

  /**
   * Reads the slots and moves channels, until all channels are subscribed at the nodes of their
   * slots.
   */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (!this.#isClosed && !this.#isUp) {
      this.#slots = null;
      try {
        await this.#place(await this.#readSlots());
        this.#isUp = true;
      } catch {
        await new Promise<void>((resolve) => void systemClock.after(LOOK_AGAIN_MS, resolve));
      }
    }
    this.#isLooking = false;
    if (this.#isUp) this.#events.onUp();
  }

  async #place(slots: SlotMap): Promise<void> {
    const wanted = new Map<Shard, string[]>();
    for (const channel of this.#channels) {
      const shard = this.#shardOf(slots.nodeOf(channel));
      wanted.set(shard, [...wanted.get(shard) ?? [], channel]);
    }
    for (const [address, shard] of this.#shards) {
      if (wanted.has(shard)) continue;
      this.#shards.delete(address);
      shard.subscriber?.then((subscriber) => subscriber.close());
    }
    for (const [shard, channels] of wanted) {
      if (!shard.isReady && shard.channels.size > 0) throw new Error("the node is away");
      shard.channels.clear();
      for (const channel of channels) shard.channels.add(channel);
      const subscriber = await shard.subscriber;
      await Promise.all(channels.map((channel) => subscriber?.subscribe(channel)));
    }
  }
}
