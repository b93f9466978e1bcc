/**
 * Slots of a Redis cluster.
 *
 * @module
 */
import type { RedisNode } from "./subscriber.ts";

/** The slots of one node. */
interface SlotRange extends RedisNode {
  readonly first: number;
  readonly last: number;
}

const SLOTS = 16_384;

/** Computes the slot of a key or channel: CRC-16 (XMODEM) of its hash tag. */
export function slotOf(name: string): number {
  const start = name.indexOf("{"), end = name.indexOf("}", start + 1);
  const tag = start >= 0 && end > start + 1 ? name.slice(start + 1, end) : name;
  let crc = 0;
  for (const byte of new TextEncoder().encode(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return (crc & 0xffff) % SLOTS;
}

/** The slots of each node, from the answer to `CLUSTER SLOTS`. */
export class SlotMap {
  readonly #ranges: readonly SlotRange[];

  constructor(answer: unknown) {
    if (!Array.isArray(answer)) throw new TypeError("Redis: CLUSTER SLOTS gave no list");
    this.#ranges = answer.map(([first, last, [host, port]]) => ({
      first: Number(first),
      last: Number(last),
      host: String(host),
      port: Number(port),
    }));
  }

  /** The node that has the slot of a channel. */
  nodeOf(channel: string): RedisNode {
    const slot = slotOf(channel);
    const found = this.#ranges.find(({ first, last }) => first <= slot && slot <= last);
    if (found === undefined) throw new Error(`Redis: no node has slot ${slot}`);
    return { host: found.host, port: found.port };
  }
}
