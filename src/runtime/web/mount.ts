/**
 * Servers and clients over any duplex of byte streams: WebSockets where the bytes are
 * somebody else's, a Worker's TCP socket for example, a tunnel, or a pipe in memory.
 *
 * Every promise of a connection is kept, as far as the streams keep theirs: a `readable`
 * that has a queue of its own takes what fits into that before the peer is held back.
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
import { Upgrader } from "../../server/upgrader.ts";
import { type ReadableWritablePair, StreamsTransport } from "./transport.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** What is known of a duplex. */
export interface DuplexInfo {
  /** Whether it is encrypted: the scheme of the request's URL. Default `false`. */
  secure?: boolean;
  /** The other end. Default `null`. */
  remoteAddress?: Address;
}

/** WebSockets over duplexes that somebody else accepts. */
export interface DuplexMount extends Mount {
  /**
   * Takes a duplex that begins with an HTTP request; its streams must not be locked. Refuses
   * the request, or makes a connection of it.
   */
  accept(duplex: ReadableWritablePair, info?: DuplexInfo): void;
}

let platform: Platform | null = null; // made late: it holds a buffer

/**
 * Makes what is needed to accept WebSockets over duplexes.
 *
 * @param options What to accept; all have defaults. There is no compression here (`ERR_NOT_SUPPORTED`).
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
    accept: (duplex, { secure = false, remoteAddress } = {}) =>
      upgrades.accept(new StreamsTransport(duplex, { remoteAddress }), secure ? "https" : "http"),
  };
}

/** Options about the way to a server. */
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
 * Connects over a duplex that is connected to a WebSocket server.
 *
 * @param duplex The byte streams, not locked. TLS, if any, is theirs.
 * @param url What to ask for: its host, path and query go into the request.
 * @param options As of `connect`; `compression` and those about the way to a server (`tls`, `path`, `proxy` and so on) reject with `ERR_NOT_SUPPORTED`.
 * @returns The open connection.
 * @throws {WebSocketError} as `connect` does.
 */
export async function connectDuplex(
  duplex: ReadableWritablePair,
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
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
