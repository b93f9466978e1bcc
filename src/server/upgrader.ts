/**
 * Turns transports into connections: the opening handshake on the server, the choice of
 * the handler, and the count of what is open.
 *
 * @module
 */
import type { ConnectionContext } from "../connection/context.ts";
import type { Platform } from "../connection/platform.ts";
import type { Transport } from "../connection/transport.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { HeaderList, RequestHead } from "../handshake/head.ts";
import { attach, checkHandler } from "../connection/attach.ts";
import { FrameWire } from "../connection/frame_wire.ts";
import { Keepalive } from "../connection/keepalive.ts";
import { resolveLimits } from "../connection/limits.ts";
import { defer, isPromise } from "../connection/promises.ts";
import { WebSocketError } from "../errors.ts";
import { allowsOrigin } from "../handshake/origin_policy.ts";
import {
  agreeProtocol,
  readUpgrade,
  refuse,
  type UpgradeRequest,
  writeAcceptance,
} from "../handshake/server_handshake.ts";
import { writeResponse } from "../handshake/write_head.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { OpenedHandshake } from "../connection/opened_handshake.ts";
import { PendingUpgrade } from "./pending_upgrade.ts";
import {
  type ResolvedUpgradeOptions,
  resolveUpgradeOptions,
  type UpgradeOptions,
} from "./upgrade_options.ts";

type Produced = Awaited<ReturnType<HandlerProducer>>;

/** A transport whose request was read by others. */
export interface UpgradeInput {
  readonly transport: Transport;
  /** Bytes that followed the head of the request. */
  readonly rest: Uint8Array;
  /** Scheme of the request's URL: whether TLS is in use. */
  readonly scheme: "http" | "https";
}

/** A decision in the making. */
interface Candidate<H> {
  readonly upgrade: UpgradeRequest;
  readonly handshake: OpenedHandshake;
  readonly handler: H;
}

/** What an upgrader is made of. */
export interface UpgraderOptions {
  readonly handler: WebSocketHandler | HandlerProducer;
  readonly options: UpgradeOptions;
  readonly platform: Platform;
}

/** The accepting side of one server or mount. */
export class Upgrader {
  readonly options: ResolvedUpgradeOptions;
  readonly context: ConnectionContext;
  /** Open connections. */
  readonly connections: Set<WebSocketConnection> = new Set();
  readonly #handler: WebSocketHandler | HandlerProducer;
  readonly #pending = new Set<PendingUpgrade>();
  readonly #onOpen = (connection: WebSocketConnection): void => {
    this.connections.add(connection);
  };
  readonly #onOver = (connection: WebSocketConnection): void => {
    this.connections.delete(connection);
    if (this.connections.size === 0) this.#onEmpty?.();
  };
  #isClosing = false;
  #onEmpty: (() => void) | null = null;

  /** Checks handler and options; throws `TypeError` or `RangeError` naming what is wrong. */
  constructor({ handler, options, platform }: UpgraderOptions) {
    this.#handler = typeof handler === "function" ? handler : checkHandler(handler);
    this.options = resolveUpgradeOptions(options);
    const limits = resolveLimits(options);
    const { onError } = this.options;
    this.context = { platform, limits, onError, keepalive: new Keepalive(platform.clock, limits) };
  }

  /** Takes a transport that begins with an HTTP request. */
  accept(transport: Transport, scheme: "http" | "https"): void {
    this.#begin(transport, scheme)?.readHead();
  }

  /** Takes a transport whose request an HTTP server has read. */
  upgrade(
    head: RequestHead,
    { transport, rest, scheme }: UpgradeInput,
  ): void {
    this.#begin(transport, scheme)?.decide(head, rest);
  }

  /** Chooses the handler; called by the pending upgrade when it has the head. */
  decide(pending: PendingUpgrade, head: RequestHead): void {
    const upgrade = readUpgrade(head);
    if ("reason" in upgrade) return pending.refuse(upgrade);
    const handshake = new OpenedHandshake({
      url: `${pending.scheme}://${upgrade.host}${upgrade.path}`,
      headers: head.headers,
    });
    try {
      if (!allowsOrigin(upgrade, this.options.allowedOrigins)) {
        return pending.refuse(refuse("ORIGIN"));
      }
      const handler = this.#handler;
      if (typeof handler !== "function") {
        return this.#open(pending, { upgrade, handshake, handler });
      }
      const produced = handler(handshake.request, upgrade.protocols);
      if (isPromise(produced)) {
        produced.then(
          (handler) => this.#take(pending, { upgrade, handshake, handler }),
          (error: unknown) => this.#failed(pending, error),
        );
      } else this.#take(pending, { upgrade, handshake, handler: produced });
    } catch (error) {
      this.#failed(pending, error);
    }
  }

  /** A handshake is over; called by the pending upgrade. */
  finished(pending: PendingUpgrade): void {
    this.#pending.delete(pending);
  }

  /** Refuses what is new, says 1001 to all that is open, and drops at the end of its time what is left. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    for (const pending of this.#pending) pending.answer(UNAVAILABLE);
    for (const connection of this.connections) {
      connection.close(CloseCode.GoingAway, "server is closing");
    }
    if (this.connections.size === 0) return;
    const empty = defer<void>();
    this.#onEmpty = empty.resolve;
    const { clock } = this.context.platform;
    const timer = timeoutMs === Infinity ? null : clock.after(timeoutMs, () => this.#abortAll());
    await empty.promise;
    if (timer !== null) clock.clear(timer);
  }

  #abortAll(): void {
    const cause = new WebSocketError("ERR_SERVER_CLOSED", "the server was closed");
    for (const connection of this.connections) connection.abort(cause);
  }

  #begin(transport: Transport, scheme: "http" | "https"): PendingUpgrade | null {
    const pending = new PendingUpgrade(this, transport, scheme);
    const { maxConnections, maxPendingUpgrades } = this.options;
    const isFull = this.#pending.size >= maxPendingUpgrades ||
      this.connections.size + this.#pending.size >= maxConnections;
    this.#pending.add(pending);
    if (!isFull && !this.#isClosing) return pending;
    pending.answer(UNAVAILABLE);
    return null;
  }

  #take(pending: PendingUpgrade, { upgrade, handshake, handler }: Candidate<Produced>): void {
    if (handler === null) return pending.answer(NO_HANDLER);
    if (handler instanceof Response) return void this.#answer(pending, handler);
    try {
      this.#open(pending, { upgrade, handshake, handler: checkHandler(handler) });
    } catch (error) {
      this.#failed(pending, error);
    }
  }

  #open(
    pending: PendingUpgrade,
    { upgrade, handshake, handler }: Candidate<WebSocketHandler>,
  ): void {
    const acceptance = writeAcceptance({ upgrade, protocol: handler.protocol });
    if (!pending.finish()) return; // the client has left meanwhile
    handshake.protocol = agreeProtocol(upgrade, handler.protocol);
    const { transport } = pending;
    const { platform, limits: { maxMessageBytes } } = this.context;
    const { output } = platform;
    output.cork(); // the response and what the handler sends first leave together
    output.bytes.set(acceptance, output.reserve(transport, acceptance.length));
    attach(handler, {
      wire: new FrameWire({ role: "server", transport, platform, maxMessageBytes }),
      handshake,
      context: this.context,
      rest: pending.takeEarly(),
      onOpen: this.#onOpen,
      onOver: this.#onOver,
    });
    output.uncork();
  }

  /** The producer refused: its response goes out as it is. */
  async #answer(pending: PendingUpgrade, response: Response): Promise<void> {
    try {
      const { status, statusText, headers } = response;
      const body = new Uint8Array(await response.arrayBuffer());
      pending.answer(writeResponse({ status, statusText, headers: [...headers] }, body));
    } catch (error) {
      this.#failed(pending, error);
    }
  }

  #failed(pending: PendingUpgrade, error: unknown): void {
    pending.answer(FAILED);
    try {
      this.options.onError(error);
    } catch (failure) {
      console.error("onError threw", failure);
    }
  }
}

const PLAIN: HeaderList = [["Content-Type", "text/plain; charset=utf-8"]];
const UNAVAILABLE = writeResponse(
  { status: 503, statusText: "", headers: [...PLAIN, ["Retry-After", "1"]] },
  "the server takes no more connections for now\n",
);
const NO_HANDLER = writeResponse(
  { status: 400, statusText: "", headers: PLAIN },
  "no handler for this request\n",
);
const FAILED = writeResponse({ status: 500, statusText: "", headers: PLAIN }, "internal error\n");
