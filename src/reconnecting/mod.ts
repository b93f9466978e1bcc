/**
 * Clients that stay connected: as an iteration over connections, or as one connection object over
 * all of them.
 *
 * It is an entry point of its own, so that a client that connects once does not load it. On Deno,
 * Bun and Node it uses `connect` of the main entry point, and in browsers that of `./web`.
 *
 * @example
 * ```ts
 * import { reconnecting } from "@fullduplex/websocket/reconnecting";
 *
 * export async function follow(url: string, signal: AbortSignal): Promise<void> {
 *   for await (const connection of reconnecting(url, { signal })) {
 *     await connection.send("subscribe");
 *     for await (const message of connection) console.log(message);
 *   }
 * }
 * ```
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import { connect as connectOnce } from "../../mod.ts";
import { systemClock } from "../clock.ts";
import { Pings } from "../framed/pings.ts";
import { answerPolicy } from "./answers.ts";
import { makeReconnectHost } from "./host.ts";
import type { AttemptUrl } from "./options.ts";
import { type ReconnectingOptions, startReconnecting } from "./reconnecting.ts";
import { type ReconnectingConnectOptions, startConnect } from "./start_connect.ts";

export type {
  AttemptOptions,
  AttemptUrl,
  PerAttempt,
  ReconnectAttempt,
  ReconnectOptions,
  StableOptions,
} from "./options.ts";
export type { ResumeOutcome } from "../resume/outcome.ts";
export type { ReconnectingOptions } from "./reconnecting.ts";
export type { ReconnectingConnectOptions } from "./start_connect.ts";

const host = /* @__PURE__ */ makeReconnectHost({
  connect: connectOnce,
  makePings: (pings) => new Pings(pings, systemClock),
  canClose: () => true,
  answers: answerPolicy,
});

/**
 * Connects again and again: each turn of the iteration is an ordinary, open connection. The next
 * turn begins after that connection has ended, for whatever reason, and after a delay with full
 * jitter.
 *
 * The iteration ends without an error when the program closes a connection itself
 * (`connection.close()`), or leaves the loop, which closes the connection with 1000.
 * `connection.abort()` leads to the next turn.
 *
 * @param url The URL to connect to, or a function that returns it for each attempt.
 * @param options Those of `connect`, of which `headers` and `protocols` may be functions, and when
 *   to try again.
 * @throws {WebSocketError} When it gives up: the error of an attempt after which trying again is
 *   pointless (for example a refusal with 401), or `ERR_RECONNECT` after such a close code or after
 *   `maxAttempts` failures.
 * @throws {TypeError | RangeError} At the call, if an option has the wrong shape.
 *
 * @example A token that expires, and a word about each attempt
 * ```ts
 * import { reconnecting } from "@fullduplex/websocket/reconnecting";
 *
 * export async function follow(fetchToken: () => Promise<string>): Promise<void> {
 *   const connections = reconnecting("wss://example.com/feed", {
 *     headers: async () => ({ Authorization: `Bearer ${await fetchToken()}` }),
 *     onAttempt: ({ attempt, delayMs }) => console.log(`attempt ${attempt} in ${delayMs} ms`),
 *   });
 *   for await (const connection of connections) {
 *     for await (const message of connection) console.log(message);
 *   }
 * }
 * ```
 */
export function reconnecting(
  url: AttemptUrl,
  options: ReconnectingOptions = {},
): AsyncGenerator<WebSocketConnection, void, undefined> {
  return startReconnecting(host, url, options);
}

/**
 * `connect` with the additional option `reconnect`: one connection object that stays the same while
 * the underlying connections are replaced.
 *
 * - While there is no connection, messages wait in order. Above 256 KiB the promise of `send()`
 *   waits. A program that ignores it ends the connection at `maxBufferedBytes` (`ERR_SEND_LIMIT`).
 *   `onUnsent` is called with the messages that were never sent.
 * - A message that was sent shortly before a loss may or may not have arrived. The option `resume`
 *   removes this uncertainty.
 * - Messages of all underlying connections are read from this one. `handler` runs once, on this
 *   one.
 * - It ends by its own `close()` or `abort()`, or when it gives up. `closed` describes the end.
 * - Fragments and streams (`final: false`, `readStream`, `readFragment`) fail with
 *   `ERR_NOT_SUPPORTED`.
 *
 * @param url Where to connect to, or a function that gives it for each attempt.
 * @returns The connection, once the first attempt has succeeded.
 * @throws {WebSocketError} When it gives up before the first connection.
 *
 * @example
 * ```ts
 * import { connect } from "@fullduplex/websocket/reconnecting";
 *
 * export async function report(lines: AsyncIterable<string>): Promise<void> {
 *   const connection = await connect("wss://example.com/log", {
 *     reconnect: { onUnsent: (messages) => console.error("not sent:", messages.length) },
 *   });
 *   for await (const line of lines) await connection.send(line);
 *   await connection.close();
 * }
 * ```
 */
export async function connect(
  url: AttemptUrl,
  options: ReconnectingConnectOptions = {},
): Promise<WebSocketConnection> {
  return await startConnect(host, url, options);
}
