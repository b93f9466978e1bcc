/**
 * Servers and clients over any pair of byte streams, for example the TCP socket of a Worker, a
 * tunnel, or a pipe in memory.
 *
 * Connections have the same features as those of `serve`. Backpressure has one limit: a `readable`
 * with a queue of its own reads until the queue is full, and only then is the peer paused.
 *
 * @module
 */
import type { ConnectOptions } from "../../client/client.ts";
import type { TransportSink } from "../../transport/transport.ts";
import type { Address } from "../../message.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../../handler.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "../../server/upgrade_options.ts";
import { startClient } from "../../client/client.ts";
import { makePlatform, type Platform } from "../../framed/platform.ts";
import { WebSocketError } from "../../errors.ts";
import { makeMount, type Mount } from "../../server/mount.ts";
import { TransportUpgrades } from "../../server/transport_upgrades.ts";
import { describe, type OptionChecks } from "../../options.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { type ReadableWritablePair, StreamsTransport } from "./transport.ts";
import { checkOptions, isType } from "../../connection/option_checks.ts";

/** Facts about a duplex that cannot be read from its streams. */
export interface DuplexInfo {
  /**
   * Whether the duplex is encrypted. It decides the scheme of the request's URL, `https:` or
   * `http:`.
   *
   * @default {false}
   */
  secure?: boolean;
  /**
   * The address of the other end, for `remoteAddress`.
   *
   * @default {null}
   */
  remoteAddress?: Address;
}

/** WebSockets over duplexes that the user accepts. */
export interface DuplexMount extends Mount {
  /**
   * Reads an HTTP request from a duplex, and refuses it or makes it a connection.
   *
   * @throws {TypeError} if one of the streams is locked.
   */
  accept(duplex: ReadableWritablePair, info?: DuplexInfo): void;
}

const DUPLEX_CHECKS: OptionChecks<DuplexInfo> = {
  secure: isType("boolean"),
  remoteAddress: isType("object"),
};

let platform: Platform | null = null; // made at the first use, because it holds a buffer

/**
 * Accepts WebSockets over duplexes that the user passes to `accept`.
 *
 * @param options Which requests to accept; all have defaults. `compression` is not supported.
 * @param handler The handler of every connection, or a function that chooses one.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example A server and a client in one process
 * ```ts
 * import { connectDuplex, mount } from "@fullduplex/websocket/web";
 *
 * const websockets = mount({}, {
 *   message: (connection, message) => connection.send(message),
 * });
 * const there = new TransformStream<Uint8Array, Uint8Array>();
 * const back = new TransformStream<Uint8Array, Uint8Array>();
 * websockets.accept({ readable: there.readable, writable: back.writable });
 * const duplex = { readable: back.readable, writable: there.writable };
 * const connection = await connectDuplex(duplex, "ws://in-memory/");
 * await connection.send("hello");
 * console.log(await connection.readText()); // hello
 * await connection.close();
 * ```
 */
export function mount(
  options: UpgradeOptions,
  handler: WebSocketHandler | HandlerProducer,
): DuplexMount {
  checkOptions("mount", options, UPGRADE_CHECKS);
  const upgrader = new Upgrader({ handler, options, platform: platform ??= makePlatform() });
  const upgrades = new TransportUpgrades(upgrader);
  return {
    ...makeMount(upgrader),
    accept(duplex, info = {}) {
      checkDuplex("accept", duplex);
      checkOptions("accept", info, DUPLEX_CHECKS);
      const { secure = false, remoteAddress } = info;
      upgrades.accept(new StreamsTransport(duplex, { remoteAddress }), secure ? "https" : "http");
    },
  };
}

function checkDuplex(call: string, duplex: ReadableWritablePair): void {
  if (typeof duplex?.readable?.getReader === "function") {
    if (typeof duplex.writable?.getWriter === "function") return;
  }
  throw new TypeError(
    `${call}: the duplex must be { readable, writable }, two streams, not ${describe(duplex)}`,
  );
}

/** Options for reaching a server. They do not apply, because the duplex is the connection to it. */
const WAYS = [
  "tls",
  "path",
  "proxy",
  "maxRedirects",
  "lookup",
  "address",
  "localAddress",
  "family",
] as const;

/**
 * Connects over a duplex whose other end is a WebSocket server.
 *
 * @param duplex The byte streams, not locked. TLS, if any, is their own.
 * @param url The address for the request: its host, path and query are sent.
 * @param options Those of `connect`, without `compression` and without those about the way to a
 *   server (`tls`, `path`, `proxy`, `maxRedirects`, `lookup`, `address`, `localAddress`, `family`).
 * @returns The open connection, which the caller reads.
 * @throws {WebSocketError} `ERR_NOT_SUPPORTED` for these options; `ERR_HANDSHAKE`,
 * `ERR_HANDSHAKE_STATUS` or `ERR_HANDSHAKE_REDIRECT` for what the server answered;
 * `ERR_HANDSHAKE_TIMEOUT` after `handshakeTimeoutMs`; `ERR_CONNECT` if a stream is locked.
 * @throws {TypeError} if the URL or an option has the wrong shape.
 *
 * @example A client over a Worker's TCP socket
 * ```ts
 * import { connectDuplex, type ReadableWritablePair } from "@fullduplex/websocket/web";
 *
 * export async function ask(socket: ReadableWritablePair): Promise<string | null> {
 *   const connection = await connectDuplex(socket, "ws://example.com/ask");
 *   await connection.send("hello");
 *   const answer = await connection.readText();
 *   await connection.close();
 *   return answer;
 * }
 * ```
 */
export async function connectDuplex(
  duplex: ReadableWritablePair,
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  checkDuplex("connectDuplex", duplex);
  for (const name of WAYS) {
    if (options[name] === undefined) continue;
    throw new WebSocketError(
      "ERR_NOT_SUPPORTED",
      `connectDuplex: ${name} is decided by the duplex`,
    );
  }
  platform ??= makePlatform();
  const runtime = {
    dial: (_where: unknown, sink: TransportSink) =>
      Promise.resolve(new StreamsTransport(duplex, { sink })),
  };
  return await startClient({ runtime, platform }, url, options);
}
