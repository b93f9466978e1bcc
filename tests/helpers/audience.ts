/**
 * Receivers in memory, each with all that it got.
 *
 * @module
 */
import type { SendingConnection } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import type { ConnectionPair, ConnectionPairOptions } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { openPair } from "./connections.ts";

/** A client that reads all that comes, and the server's connection to it. */
export interface Receiver {
  readonly pair: ConnectionPair;
  /** The server's end, which is in topics. */
  readonly connection: SendingConnection;
  /** All that has come, in order. */
  readonly got: Message[];
}

/** Opens one receiver. */
export async function openReceiver(options: ConnectionPairOptions = {}): Promise<Receiver> {
  const pair = await openPair(options);
  const got: Message[] = [];
  (async () => {
    for await (const message of pair.client) got.push(message);
  })();
  return { pair, connection: pair.server, got };
}

/** Opens several receivers. */
export async function openReceivers(
  count: number,
  options: ConnectionPairOptions = {},
): Promise<Receiver[]> {
  return await Promise.all(Array.from({ length: count }, () => openReceiver(options)));
}

/** Lets a receiver read on, until all that waits for it has come. */
export async function catchUp({ pair, got }: Receiver): Promise<void> {
  pair.transports.client.resume();
  for (let before = -1; before < got.length;) {
    before = got.length;
    await settle();
  }
}
