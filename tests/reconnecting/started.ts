/**
 * A client that reconnects in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { WebSocketConnection } from "../../src/handler.ts";
import {
  type ReconnectingOptions,
  startReconnecting,
} from "../../src/reconnecting/reconnecting.ts";
import type { ReconnectAttempt } from "../../src/reconnecting/options.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { idle } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

/** A client that reconnects, with its network. */
export interface Started {
  readonly network: MemoryNetwork;
  readonly host: ReturnType<typeof makeTestHost>;
  readonly attempts: ReconnectAttempt[];
  readonly connections: AsyncGenerator<WebSocketConnection, void, undefined>;
}

/** Starts a client; its attempts are recorded. */
export function start(
  options: ReconnectingOptions = {},
  network = new MemoryNetwork(idle()),
): Started {
  const host = makeTestHost(network), attempts: ReconnectAttempt[] = [];
  const onAttempt = (attempt: ReconnectAttempt): void => void attempts.push(attempt);
  const connections = startReconnecting(host, "ws://test/", { onAttempt, ...options });
  return { network, host, attempts, connections };
}

/** The next connection. */
export async function next({ connections }: Started): Promise<WebSocketConnection> {
  const { value } = await connections.next();
  return value ?? assert.fail("no connection");
}

/** Lets a connection hold long enough that failures are forgotten, and loses it. */
export async function holdAndCut({ network }: Started): Promise<void> {
  await network.clock.advance(10_000);
  network.cut();
  await settle();
}

/** An answer that refuses. */
export const refusal = (status: number, ...lines: string[]): string =>
  [`HTTP/1.1 ${status} No`, "Content-Length: 0", ...lines, "\r\n"].join("\r\n");
