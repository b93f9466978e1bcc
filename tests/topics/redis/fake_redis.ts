/**
 * A client of Redis in memory, with the methods of `redis` that topics call. It answers in a later
 * microtask.
 *
 * @module
 */
import type { NodeRedisClient } from "../../../src/topics/redis/mod.ts";

/** A stand-alone client. */
export class FakeRedis implements NodeRedisClient {
  /** What is subscribed at the server, by all clients. */
  readonly channels: Set<string>;

  constructor(channels: Set<string> = new Set()) {
    this.channels = channels;
  }

  sendCommand(): Promise<unknown> {
    return Promise.resolve(1);
  }

  duplicate(): FakeRedis {
    return new FakeRedis(this.channels);
  }

  on(event: string, listener: (value: unknown) => void): void {
    if (event === "ready") queueMicrotask(() => listener(undefined));
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): void {}

  async subscribe(channel: string): Promise<void> {
    await null;
    this.channels.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await null;
    this.channels.delete(channel);
  }
}
