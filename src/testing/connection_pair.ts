/**
 * A client and a server joined in memory, for tests of handlers without a network.
 *
 * @module
 */
import type { AsyncDisposableLike } from "../disposable.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { ConnectOptions } from "../client/client.ts";
import type { Platform } from "../framed/platform.ts";
import type { Runtime } from "../transport/runtime.ts";
import type { UpgradeOptions } from "../server/upgrade_options.ts";
import { startClient } from "../client/client.ts";
import { systemClock } from "../clock.ts";
import { SharedOutput } from "../framed/shared_output.ts";
import { TransportUpgrades } from "../server/transport_upgrades.ts";
import { Upgrader } from "../server/upgrader.ts";
import { checkOptions, isType } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { MemoryTransport, PAIR_CHECKS, type PairOptions } from "./memory_transport.ts";
import { checkServerOptions } from "./server_options.ts";

/** Options of both sides and of the pipe between them. */
export interface ConnectionPairOptions extends PairOptions {
  /** Options of the server side. */
  server?: UpgradeOptions;
  /** Options of the client side. */
  client?: Omit<ConnectOptions, "path" | "tls">;
  /**
   * URL that the client connects to.
   *
   * @default {"ws://test/"}
   */
  url?: string;
}

const CHECKS: OptionChecks<ConnectionPairOptions> = {
  ...PAIR_CHECKS,
  server: checkServerOptions,
  client: isType("object"), // `connect` checks what is in it
  url: isType("string"),
};

/** Both sides of one connection. */
export interface ConnectionPair extends AsyncDisposableLike {
  /** The client's connection, which the test reads. */
  readonly client: WebSocketConnection;
  /** The server's connection, which its handler was given. */
  readonly server: WebSocketConnection;
  /** The transports under both, to pause, abort or lose. */
  readonly transports: { readonly client: MemoryTransport; readonly server: MemoryTransport };
}

/**
 * Joins a client to a handler in memory, by a complete opening handshake.
 *
 * @param handler The handler of the server side, or a function that chooses one.
 * @param options Options of both sides and of the pipe between them; all have defaults.
 * @returns Both connections, open.
 * @throws {WebSocketError} `ERR_HANDSHAKE_STATUS` if the server side refuses; other codes as
 *   `connect`.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example Testing a handler with every byte arriving alone
 * ```ts
 * import { everyByte, pairConnections } from "@fullduplex/websocket/testing";
 *
 * const pair = await pairConnections(
 *   { message: (connection, message) => connection.send(message) },
 *   { split: everyByte },
 * );
 * await pair.client.send("hello");
 * console.log(await pair.client.readText()); // hello
 * await pair.client.close();
 * ```
 */
export async function pairConnections(
  handler: WebSocketHandler | HandlerProducer,
  options: ConnectionPairOptions = {},
): Promise<ConnectionPair> {
  checkOptions("pairConnections", options, CHECKS);
  const transports = MemoryTransport.pair(options);
  const platform = testPlatform(options);
  let server: WebSocketConnection | null = null; // kept, because its handler may close it at once
  const onOpen = (connection: WebSocketConnection): void => void (server = connection);
  const upgrader = new Upgrader({ handler, options: options.server ?? {}, platform, onOpen });
  new TransportUpgrades(upgrader).accept(transports.server, "http");
  const client = await startClient(
    { runtime: memoryRuntime(transports.client), platform },
    options.url ?? "ws://test/",
    options.client ?? {},
  );
  if (server === null) throw new Error("the server side has opened no connection");
  return {
    client,
    server,
    transports,
    async [Symbol.asyncDispose]() {
      await client.close();
    },
  };
}

/** A platform with the clock of the options. Its masking keys are the same in every run. */
export function testPlatform({ clock = systemClock }: PairOptions = {}): Platform {
  let key = 0x9e3779b9;
  return {
    isDevelopment: false,
    clock,
    output: new SharedOutput({ clock, schedule: queueMicrotask, idleTicks: 1 }),
    nextTurn: queueMicrotask,
    tuning: { sendsInTurns: true },
    maskingKeys: () => key = (Math.imul(key, 1664525) + 1013904223) >>> 0,
  };
}

/** A runtime whose only connection is this transport. */
export function memoryRuntime(transport: MemoryTransport): Runtime {
  const unavailable = (): Promise<never> => Promise.reject(new Error("in memory only"));
  return {
    name: "node",
    listen: unavailable,
    listenHttp: unavailable,
    dial: (_options, sink) => {
      transport.sink = sink;
      return Promise.resolve(transport);
    },
  };
}
