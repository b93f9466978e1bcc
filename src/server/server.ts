/**
 * Servers: `serve` on any runtime.
 *
 * @module
 */
import { DEFAULT_DRAIN_MS } from "../defaults.ts";
import type { AsyncDisposableLike } from "../disposable.ts";
import type { Host } from "../framed/host.ts";
import { withDeflate } from "../framed/platform.ts";
import type { Address } from "../message.ts";
import type { Listener } from "../transport/runtime.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { report } from "../connection/report.ts";
import { atLeast } from "../options.ts";
import { checkOptions } from "../connection/option_checks.ts";
import { TransportUpgrades } from "./transport_upgrades.ts";
import {
  CLOSE_CHECKS,
  SERVE_CHECKS,
  type ServeOptions,
  type ServerCloseOptions,
} from "./serve_options.ts";
import { Upgrader } from "./upgrader.ts";

/** A running server. */
export interface WebSocketServer extends AsyncDisposableLike {
  /** What it listens on, with the port the system picked. */
  readonly address: Address;
  /** The URL for `connect`: `ws://127.0.0.1:8080/` for example, or `ws+unix:` with the path. */
  readonly url: string;
  /** The TCP port; 0 on a unix socket. */
  readonly port: number;
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /** Fulfilled when the server is closed. */
  readonly closed: Promise<void>;
  /** Accepts no more, tells every connection 1001, waits for them, then drops what is left. */
  close(options?: ServerCloseOptions): Promise<void>;
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
  const upgrades = new TransportUpgrades(upgrader);
  const scheme = options.tls === undefined ? "http" : "https";
  const { fetch } = options;
  const listener = fetch === undefined
    ? await runtime.listen(options, (transport) => upgrades.accept(transport, scheme))
    : await runtime.listenHttp(options, {
      fetch,
      onError: (error) => report(() => upgrader.options.onError(error)),
      upgrade: (head, transport, rest) => upgrades.upgrade(head, { transport, rest, scheme }),
    });
  return new Server({
    listener,
    upgrader,
    signal: options.signal,
    scheme: scheme === "http" ? "ws" : "wss",
  });
}

/** Checks the shape of a call, before anything is opened. */
function checkServe(options: ServeOptions, handler: unknown): void {
  if (handler === undefined) {
    throw new TypeError("serve(options, handler): the handler, its second argument, is missing");
  }
  checkOptions("serve", options, SERVE_CHECKS);
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
  #closing: Promise<void> | null = null;
  #announce!: (closing: Promise<void>) => void;
  readonly closed: Promise<void> = new Promise((resolve) => {
    this.#announce = resolve;
  });

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
    return `${this.#scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`;
  }

  get port(): number {
    const { address } = this;
    return address.transport === "tcp" ? address.port : 0;
  }

  get connections(): ReadonlySet<WebSocketConnection> {
    return this.#upgrader.connections;
  }

  close(options: ServerCloseOptions = {}): Promise<void> {
    checkOptions("close", options, CLOSE_CHECKS);
    const timeoutMs = atLeast(0, "timeoutMs", options.timeoutMs ?? DEFAULT_DRAIN_MS);
    if (this.#closing === null) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#closing = this.#drain(timeoutMs);
      this.#announce(this.#closing);
    }
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drain(timeoutMs: number): Promise<void> {
    const stopped = this.#listener.close(timeoutMs);
    await this.#upgrader.close(timeoutMs);
    await stopped;
  }
}
