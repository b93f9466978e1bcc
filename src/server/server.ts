/**
 * Servers: `serve` on any runtime.
 *
 * @module
 */
import type { AsyncDisposableLike } from "../disposable.ts";
import type { Host } from "../framed/host.ts";
import { withDeflate } from "../framed/platform.ts";
import type { Address } from "../message.ts";
import type { Http2Limits, Http2Sink, HttpSink, Listener, Runtime } from "../transport/runtime.ts";
import type { Transport } from "../transport/transport.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { report } from "../connection/report.ts";
import { WebSocketError } from "../errors.ts";
import { checkOptions } from "../connection/option_checks.ts";
import { TransportUpgrades } from "./transport_upgrades.ts";
import {
  resolveClosing,
  type ServerCloseOptions,
  type ServerCloseReport,
  type ServerClosing,
} from "./closing_options.ts";
import { type Deferred, makeDeferred } from "../promises.ts";
import { showHost } from "../show_host.ts";
import { toListenError } from "./listen_errors.ts";
import { SERVE_CHECKS, type ServeOptions } from "./serve_options.ts";
import { Upgrader } from "./upgrader.ts";

/** A running server. */
export interface WebSocketServer extends AsyncDisposableLike {
  /** The address that it listens on, with the port that the system picked. */
  readonly address: Address;
  /** The URL for `connect`: `ws://127.0.0.1:8080/` for example, or `ws+unix:` with the path. */
  readonly url: string;
  /** The TCP port; 0 on a unix socket. */
  readonly port: number;
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /** Fulfilled when the server is closed, with the same report as `close`. */
  readonly closed: Promise<ServerCloseReport>;
  /**
   * Stops accepting, calls the handlers' `drain`, closes every connection with 1001, waits for
   * them, and drops the remaining ones. A second call has no effect and resolves to the same
   * report.
   *
   * @returns How many connections ended in time, how many were dropped, and how long they took.
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if a time makes no sense, or code or reason may not be sent.
   */
  close(options?: ServerCloseOptions): Promise<ServerCloseReport>;
}

/** Starts a server on a runtime. */
export async function startServer(
  { runtime, platform }: Host,
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  checkServe(options, handler);
  options.signal?.throwIfAborted();
  const upgrader = new Upgrader({
    handler,
    options,
    platform: await withDeflate(platform, options.compression),
  });
  const upgrades = new TransportUpgrades(upgrader, options);
  const scheme = options.tls === undefined ? "http" : "https";
  const { fetch, http2 = false } = options;
  const onTransport = (transport: Transport): void => upgrades.accept(transport, scheme);
  const onError = (error: unknown): void => report(() => upgrader.options.onError(error));
  const http: HttpSink | null = fetch === undefined ? null : {
    fetch,
    onError,
    upgrade: (head, transport, early) => upgrades.upgrade(head, { transport, early, scheme }),
  };
  const told = { ...options, onError };
  const listening = http2 !== false
    ? listenBoth(runtime, { options: told, http2, sink: { http, onTransport }, upgrader })
    : http === null
    ? runtime.listen(told, onTransport)
    : runtime.listenHttp(told, http);
  const listener = await listening.catch((error) => {
    throw toListenError(error, options);
  });
  return new Server({
    listener,
    upgrader,
    signal: options.signal,
    scheme: scheme === "http" ? "ws" : "wss",
  });
}

/** Parts of a server that also speaks HTTP/2. */
interface Http2Parts {
  readonly options: ServeOptions;
  readonly http2: true | Http2Limits;
  readonly sink: Omit<Http2Sink, "connect">;
  readonly upgrader: Upgrader;
}

async function listenBoth(
  runtime: Runtime,
  { options, http2, sink, upgrader }: Http2Parts,
): Promise<Listener> {
  if (runtime.listenHttp2 === undefined) {
    throw new WebSocketError("ERR_NOT_SUPPORTED", `http2: ${runtime.name} has none here`);
  }
  // Loaded late, because most servers do not use HTTP/2.
  const { openStream } = await import("./stream_opening.ts");
  return await runtime.listenHttp2({ ...options, limits: http2 === true ? {} : http2 }, {
    ...sink,
    connect: (fields, stream) => openStream(upgrader, stream, fields),
  });
}

/** Checks the arguments before anything is opened. */
function checkServe(options: ServeOptions, handler: unknown): void {
  if (handler === undefined) {
    throw new TypeError("serve(options, handler): the handler, its second argument, is missing");
  }
  checkOptions("serve", options, SERVE_CHECKS);
  const { proxyProtocol, tls, fetch, http2 = false } = options;
  if (proxyProtocol && (tls !== undefined || fetch !== undefined || http2 !== false)) {
    const why = "proxyProtocol: not with tls, fetch or http2, whose bytes the runtime reads first";
    throw new WebSocketError("ERR_NOT_SUPPORTED", why);
  }
}

/** Parts of a running server. */
interface ServerParts {
  readonly listener: Listener;
  readonly upgrader: Upgrader;
  readonly signal: AbortSignal | undefined;
  readonly scheme: "ws" | "wss";
}

class Server implements WebSocketServer {
  readonly #listener: Listener;
  readonly #upgrader: Upgrader;
  readonly #scheme: "ws" | "wss";
  readonly #onAbort = (): void => void this.close();
  readonly #signal: AbortSignal | undefined;
  #closing: Promise<ServerCloseReport> | null = null;
  readonly #closed: Deferred<ServerCloseReport> = makeDeferred();
  readonly closed: Promise<ServerCloseReport> = this.#closed.promise;

  constructor({ listener, upgrader, signal, scheme }: ServerParts) {
    this.#listener = listener;
    this.#upgrader = upgrader;
    this.#signal = signal;
    this.#scheme = scheme;
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  get address(): Address {
    return this.#listener.address;
  }

  get url(): string {
    const { address } = this;
    if (address.transport === "unix") return `ws+unix:${address.path}`;
    const { hostname, port } = address;
    return `${this.#scheme}://${showHost(hostname)}:${port}/`;
  }

  get port(): number {
    const { address } = this;
    return address.transport === "tcp" ? address.port : 0;
  }

  get connections(): ReadonlySet<WebSocketConnection> {
    return this.#upgrader.connections;
  }

  close(options: ServerCloseOptions = {}): Promise<ServerCloseReport> {
    const closing = resolveClosing(options);
    if (this.#closing === null) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#closing = this.#drain(closing);
      this.#closed.resolve(this.#closing);
    }
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drain(closing: ServerClosing): Promise<ServerCloseReport> {
    const release = this.#upgrader.clock.hold?.();
    try {
      const stopped = this.#listener.close(closing.timeoutMs);
      const outcome = await this.#upgrader.close(closing);
      await stopped;
      return outcome;
    } finally {
      release?.();
    }
  }
}
