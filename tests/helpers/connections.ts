/**
 * Pairs of connections in memory, and checks of their ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { CloseInfo, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { MemoryTransport } from "../../src/testing/memory_transport.ts";
import type { Splitter } from "../../src/testing/splitter.ts";
import { WebSocketError, type WebSocketErrorCode } from "../../src/errors.ts";
import {
  type ConnectionPair,
  type ConnectionPairOptions,
  pairConnections,
} from "../../src/testing/connection_pair.ts";
import { everyByte, random, whole } from "../../src/testing/splitter.ts";
import { settle } from "../../src/testing/virtual_clock.ts";

/** How long a test may hang before it counts as failed. All of them take milliseconds. */
const PATIENCE = { timeout: 60_000 } as const;

const SPLITTERS: readonly (readonly [string, () => Splitter])[] = [
  ["whole", () => whole],
  ["every byte", () => everyByte],
];
const SEEDS = [1, 2, 3, 6455];

/** One test under each splitter: chunking never matters. */
export function itSplit(name: string, test: (split: Splitter) => Promise<void>): void {
  for (const [how, make] of SPLITTERS) it(`${name} (${how})`, PATIENCE, () => test(make()));
}

/** One test under each splitter and at random places, in a loop. */
export function itSplitAnywhere(name: string, test: (split: Splitter) => Promise<void>): void {
  itSplit(name, test);
  it(`${name} (cut at random)`, PATIENCE, async () => {
    for (const seed of SEEDS) {
      for (const maxBytes of [3, 9, 64]) await test(random(seed, maxBytes));
    }
  });
}

/** One test that fails when it hangs. */
export function itEnds(name: string, test: () => Promise<void>): void {
  it(name, PATIENCE, test);
}

/** A handler that is there and no more: the test uses the connection. */
export function idle(): WebSocketHandler {
  return {
    session: async (connection) => void await connection.closed,
  };
}

/** Two ends that the test uses itself. */
export function openPair(options: ConnectionPairOptions = {}): Promise<ConnectionPair> {
  return pairConnections(idle(), options);
}

/** The promise is rejected with a `WebSocketError` of this code, which is returned. */
export async function rejectsWith(
  promise: Promise<unknown>,
  code: WebSocketErrorCode,
): Promise<WebSocketError> {
  let caught: unknown;
  await assert.rejects(promise, (error) => {
    caught = error;
    return true;
  });
  if (!(caught instanceof WebSocketError)) throw caught;
  assert.equal(caught.code, code);
  return caught;
}

/** The promise is rejected with an error of this name. */
export async function rejectsNamed(promise: Promise<unknown>, name: string): Promise<void> {
  await assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, name);
    return true;
  });
}

/** The code of a cause, which must be a `WebSocketError`. */
export function causeCode({ cause }: CloseInfo): WebSocketErrorCode {
  if (!(cause instanceof WebSocketError)) throw new Error(`no WebSocketError: ${cause}`);
  return cause.code;
}

/** The cause under the cause of an ending. */
export function underCause({ cause }: CloseInfo): unknown {
  return cause instanceof Error ? cause.cause : undefined;
}

/** Whether a promise is settled, after all microtasks that are ready. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  await settle();
  return settled;
}

/** Reads all messages until the end. */
export async function readAll(connection: WebSocketConnection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of connection) messages.push(message);
  return messages;
}

/** Records which of its methods end a transport. */
export function recordEnds(transport: MemoryTransport): readonly string[] {
  const calls: string[] = [];
  const { end, abort } = transport;
  transport.end = () => {
    calls.push("end");
    end.call(transport);
  };
  transport.abort = () => {
    calls.push("abort");
    abort.call(transport);
  };
  return calls;
}
