/**
 * Decides on opening handshakes: limits, origin, the choice of the handler, and the count of
 * the connections that are open.
 *
 * @module
 */
import type { FramedContext } from "../framed/framed_context.ts";
import type { Platform } from "../framed/platform.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { AttachOptions } from "../connection/attach_options.ts";
import { attach } from "../connection/attach.ts";
import { checkSpelling } from "../connection/check_spelling.ts";
import { type Compression, makeCompression } from "../framed/compression.ts";
import { FrameWire } from "../framed/frame_wire.ts";
import { noteSharing } from "../framed/sharing.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { resolveLimits } from "../connection/limits.ts";
import { isPromise, makeDeferred } from "../promises.ts";
import { report } from "../connection/report.ts";
import { WebSocketError } from "../errors.ts";
import { checkHeadLimits } from "../handshake/head_limits.ts";
import { makeOriginCheck, type OriginCheck } from "../handshake/origin_policy.ts";
import { agreeProtocol, PLAIN_TEXT, readUpgrade, refuse } from "../handshake/server_handshake.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Deadlines } from "./deadlines.ts";
import { OpenedHandshake } from "./opened_handshake.ts";
import { refuseOrigin } from "./refuse_origin.ts";
import type { AcceptedUpgrade, PendingHandshake, PlainAnswer } from "./pending_handshake.ts";
import {
  type ResolvedUpgradeOptions,
  resolveUpgradeOptions,
  type UpgradeOptions,
} from "./upgrade_options.ts";

type Produced = Awaited<ReturnType<HandlerProducer>>;

/** A request that the rules allow, before its handler is chosen. */
type ReadUpgrade = Omit<AcceptedUpgrade<never>, "handler">;

/** What an upgrader is made of. */
export interface UpgraderOptions {
  readonly handler: WebSocketHandler | HandlerProducer;
  readonly options: UpgradeOptions;
  readonly platform: Platform;
  /** Called with each connection before its handler. */
  readonly onOpen?: (connection: WebSocketConnection) => void;
}

/** The accepting side of one server or mount. */
export class Upgrader {
  readonly options: ResolvedUpgradeOptions;
  readonly context: FramedContext;
  /** How messages are compressed, if they are. */
  readonly compression: Compression | null;
  /** Open connections. */
  readonly connections: Set<WebSocketConnection> = new Set();
  readonly #handler: WebSocketHandler | HandlerProducer;
  readonly #allowsOrigin: OriginCheck;
  readonly #pending: Deadlines<PendingHandshake>;
  #isClosing = false;
  #onEmpty: (() => void) | null = null;

  /** Checks handler and options; throws `TypeError` or `RangeError` naming what is wrong. */
  constructor({ handler, options, platform, onOpen }: UpgraderOptions) {
    this.#handler = typeof handler === "function" ? handler : checkSpelling(handler);
    this.options = resolveUpgradeOptions(options);
    this.#allowsOrigin = makeOriginCheck(this.options.allowedOrigins);
    const { clock } = platform;
    this.#pending = new Deadlines(clock, this.options.handshakeTimeoutMs);
    this.compression = makeCompression(options.compression, platform.deflate);
    const limits = resolveLimits(options);
    const { onError } = this.options;
    this.context = {
      role: "server",
      platform,
      limits,
      onError,
      keepalive: new Keepalive(clock, limits),
      onOpen: (connection, wire) => {
        this.connections.add(connection);
        onOpen?.(connection);
        if (wire instanceof FrameWire) noteSharing(connection, wire);
      },
      onClosed: (connection) => {
        this.connections.delete(connection);
        if (this.connections.size === 0) this.#onEmpty?.();
      },
    };
  }

  /** Chooses the handler; called by the opening when it has the head. */
  decide(pending: PendingHandshake, head: RequestHead): void {
    // What a server of the runtime's has read: our own reader has counted what it read.
    const excess = head.text === undefined ? checkHeadLimits(head, this.options) : null;
    if (excess !== null) return pending.refuse(refuse(excess));
    const upgrade = readUpgrade(head);
    if ("reason" in upgrade) return pending.refuse(upgrade);
    const handshake = new OpenedHandshake({ scheme: pending.scheme, text: upgrade.text });
    try {
      const isAllowed = this.#allowsOrigin(upgrade);
      if (isAllowed === true) return this.#produce(pending, { upgrade, handshake });
      if (isAllowed === false) return pending.refuse(refuseOrigin(upgrade));
      isAllowed.then(
        (isAllowed) =>
          isAllowed
            ? this.#produce(pending, { upgrade, handshake })
            : pending.refuse(refuseOrigin(upgrade)),
      ).catch((error: unknown) => this.#failed(pending, error));
    } catch (error) {
      this.#failed(pending, error);
    }
  }

  /** Asks for the handler. Throws what a producer throws. */
  #produce(pending: PendingHandshake, readUpgrade: ReadUpgrade): void {
    const handler = this.#handler;
    if (typeof handler !== "function") return this.#accept(pending, { ...readUpgrade, handler });
    const { upgrade, handshake } = readUpgrade;
    const produced = handler(handshake.request, upgrade.protocols);
    if (isPromise(produced)) {
      produced.then(
        (handler) => this.#take(pending, { upgrade, handshake, handler }),
        (error: unknown) => this.#failed(pending, error),
      );
    } else this.#take(pending, { upgrade, handshake, handler: produced });
  }

  /**
   * Counts an opening that begins. When there are too many, the place is made by one that has sent no
   * whole request; if there is none, refuses with 503 and returns `false`.
   */
  admit(pending: PendingHandshake): boolean {
    const { maxConnections, maxPendingUpgrades } = this.options;
    const isFull = this.#pending.size >= maxPendingUpgrades ||
      this.connections.size + this.#pending.size >= maxConnections;
    const canMakeRoom = this.connections.size < maxConnections;
    const isAdmitted = !this.#isClosing && (!isFull || (canMakeRoom && this.#makeRoomFor(pending)));
    this.#pending.add(pending);
    if (isAdmitted) return true;
    pending.refuse(UNAVAILABLE);
    return false;
  }

  /**
   * Drops the oldest opening that is silent. A host that holds half of the places makes room for
   * itself; else the oldest of all goes, which is most likely one of who holds most.
   */
  #makeRoomFor({ remoteHost }: PendingHandshake): boolean {
    let oldest: PendingHandshake | null = null, own: PendingHandshake | null = null, owned = 0;
    for (const pending of this.#pending) {
      if (!pending.isSilent) continue;
      oldest ??= pending;
      if (pending.remoteHost !== remoteHost) continue;
      own ??= pending;
      owned++;
    }
    const dropped = owned * 2 > this.#pending.size ? own : oldest;
    dropped?.timeOut();
    return dropped !== null;
  }

  /** Opens a connection and runs the handler on it. */
  attach(
    { handler }: Pick<AcceptedUpgrade<WebSocketHandler>, "handler">,
    options: Pick<AttachOptions, "wire" | "handshake" | "early">,
  ): void {
    const { wire, handshake, early } = options;
    attach(handler, { wire, handshake, early, context: this.context });
  }

  /** A handshake is over; called by the opening. */
  finished(pending: PendingHandshake): void {
    this.#pending.delete(pending);
  }

  /** Refuses what is new, says 1001 to all that is open, and drops at the end of its time what is left. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    for (const pending of this.#pending) pending.refuse(UNAVAILABLE);
    this.#pending.stop();
    for (const connection of this.connections) {
      connection.close(CloseCode.GoingAway, "server is closing");
    }
    if (this.connections.size === 0) return;
    const empty = makeDeferred<void>();
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

  #take(
    pending: PendingHandshake,
    { upgrade, handshake, handler }: AcceptedUpgrade<Produced>,
  ): void {
    if (handler === null) return pending.refuse(NO_HANDLER);
    if (handler instanceof Response) {
      return void pending.respond(handler).catch((error) => this.#failed(pending, error));
    }
    try {
      this.#accept(pending, { upgrade, handshake, handler: checkSpelling(handler) });
    } catch (error) {
      this.#failed(pending, error);
    }
  }

  #accept(pending: PendingHandshake, accepted: AcceptedUpgrade<WebSocketHandler>): void {
    const { upgrade, handshake, handler } = accepted;
    handshake.protocol = agreeProtocol(upgrade, handler.protocol);
    pending.accept(accepted);
  }

  #failed(pending: PendingHandshake, error: unknown): void {
    pending.refuse(FAILED);
    report(() => this.options.onError(error));
  }
}

const UNAVAILABLE: PlainAnswer = {
  status: 503,
  headers: [PLAIN_TEXT, ["Retry-After", "1"]],
  body: "the server takes no more connections for now\n",
};
const NO_HANDLER: PlainAnswer = {
  status: 400,
  headers: [PLAIN_TEXT],
  body: "no handler for this request\n",
};
const FAILED: PlainAnswer = { status: 500, headers: [PLAIN_TEXT], body: "internal error\n" };
