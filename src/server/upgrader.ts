/**
 * Decides on opening handshakes: checks limits and origin, chooses the handler, and counts the open
 * connections.
 *
 * @module
 */
import type { AttachOptions } from "../connection/attach_options.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import type {
  HandlerProducer,
  Produced,
  WebSocketConnection,
  WebSocketHandler,
} from "../handler.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { Clock } from "../clock.ts";
import { attach } from "../connection/attach.ts";
import { checkSpelling } from "../connection/check_spelling.ts";
import { callChecks } from "../connection/call_checks.ts";
import { resolveLimits } from "../connection/limits.ts";
import { type Compression, makeCompression } from "../framed/compression.ts";
import { canShare, noteSharing } from "../framed/sharing.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { report, tell } from "../connection/report.ts";
import { checkHeadLimits } from "../handshake/head_limits.ts";
import { makeOriginCheck, type OriginCheck } from "../handshake/origin_policy.ts";
import { agreeProtocol, readUpgrade, refuse } from "../handshake/server_handshake.ts";
import { isPromise } from "../promises.ts";
import { isResponse } from "../response.ts";
import { FilteredWire } from "../connection/filtered_wire.ts";
import { AddressLimit } from "./address_limit.ts";
import { type HostCheck, makeHostCheck, refuseHost } from "./allowed_hosts.ts";
import type { ServerCloseReport, ServerClosing } from "./closing_options.ts";
import { Drain, type DrainHandler } from "./drain.ts";
import { Deadlines } from "./deadlines.ts";
import { oldestSilent } from "./oldest_silent.ts";
import { OpenedHandshake } from "./opened_handshake.ts";
import { askOwnership, makeOwnership, type Ownership, pathOf, toRequest } from "./ownership.ts";
import { hasLimit, PacedWire } from "./paced_wire.ts";
import type { AcceptedUpgrade, PendingHandshake, PlainAnswer } from "./pending_handshake.ts";
import { PendingOpening } from "./pending_opening.ts";
import { makeRefusalLog, type RefusedUpgrade } from "./refusal_report.ts";
import {
  FAILED,
  NO_HANDLER,
  NOT_OURS,
  refuseProtocols,
  TOO_MANY_OF_ADDRESS,
  unavailable,
} from "./refusals.ts";
import { refuseOrigin } from "./refuse_origin.ts";
import { InnerConnections, noteServer } from "./inner_connections.ts";
import { noteTappable, type ServerTap, type Tappable } from "./tap.ts";
import { type ForwardedReader, makeForwardedReader, NOT_FORWARDED } from "./trusted_proxies.ts";
import { type ResolvedUpgradeOptions, resolveUpgradeOptions } from "./upgrade_options.ts";
import type { ReadUpgrade, RefusedHead, UpgraderOptions } from "./upgrader_parts.ts";

/** The accepting side of one server or mount. */
export class Upgrader implements Tappable {
  readonly options: ResolvedUpgradeOptions;
  readonly context: FramedContext;
  /** The compression of messages; `null` if it is off. */
  readonly compression: Compression | null;
  /** The observer's interface; set by `./observe`. */
  tap: ServerTap | null = null;
  /** Open connections. */
  readonly connections: Set<WebSocketConnection> = new Set();
  /** Open connections, and closed ones whose handler is still running. */
  readonly #atWork: Set<object> = new Set();
  readonly #inner = new InnerConnections(this.#atWork, () => this.#drain?.onFinished());
  readonly #handler: WebSocketHandler | HandlerProducer;
  readonly #allowsOrigin: OriginCheck;
  readonly #readForwarded: ForwardedReader;
  readonly #onRefuse: ((refused: RefusedUpgrade) => void) | null;
  /** Decides which paths belong to a mount; `null` for a server. */
  readonly #ownership: Ownership | null;
  readonly #allowsHost: HostCheck | null;
  readonly #perAddress: AddressLimit<PendingHandshake | WebSocketConnection> | null;
  readonly #pending: Deadlines<PendingHandshake>;
  #isClosing = false;
  readonly #drainers = new WeakMap<WebSocketConnection, DrainHandler>();
  #drain: Drain | null = null; // made when the server closes

  /** Checks handler and options. Throws a `TypeError` or `RangeError` that names the fault. */
  constructor({ handler, options, platform, mount, onOpen }: UpgraderOptions) {
    this.#handler = typeof handler === "function" ? handler : checkSpelling(handler);
    this.options = resolveUpgradeOptions(options);
    this.#allowsOrigin = makeOriginCheck(this.options.allowedOrigins);
    this.#readForwarded = makeForwardedReader(this.options.trustedProxies);
    this.#allowsHost = makeHostCheck(this.options.allowedHosts);
    const { maxConnectionsPerAddress: most } = this.options;
    this.#perAddress = most === Infinity ? null : new AddressLimit(most);
    this.#ownership = mount === undefined ? null : makeOwnership(mount.match, handler);
    const { clock } = platform;
    this.#onRefuse = options.onRefuse ?? (platform.isDevelopment ? makeRefusalLog(clock) : null);
    noteTappable(this);
    this.#pending = new Deadlines(clock, this.options.handshakeTimeoutMs);
    this.compression = makeCompression(options.compression, platform.deflate);
    const limits = resolveLimits(options);
    const { onError } = this.options;
    this.context = {
      role: "server",
      checks: callChecks,
      platform,
      limits,
      onError,
      keepalive: new Keepalive(clock, limits),
      onOpen: (connection, wire) => {
        this.connections.add(connection);
        this.#atWork.add(connection);
        this.#perAddress?.take(connection, connection.remoteAddress);
        this.tap?.onOpen(connection, wire);
        onOpen?.(connection);
        noteServer(connection, this.#inner);
        const base = FilteredWire.baseOf(wire);
        if (canShare(base)) noteSharing(connection, base);
      },
      onClosed: (connection) => {
        this.connections.delete(connection);
        this.#perAddress?.release(connection);
        this.#drain?.onClosed(connection);
        this.tap?.onClosed(connection);
      },
      onFinished: (connection) => {
        this.#atWork.delete(connection);
        this.#drain?.onFinished();
      },
    };
  }

  /** Chooses the handler. Called by the opening when it has the head. */
  decide(pending: PendingHandshake, head: RequestHead): void {
    if (this.#ownership === null) return this.#decideOurs(pending, head, true);
    const failed = (error: unknown): void =>
      this.#failed(pending, error, () => toRequest(pending.scheme, head));
    try {
      const isOurs = askOwnership(this.#ownership, pathOf(head.target));
      if (!isPromise(isOurs)) return this.#decideOurs(pending, head, isOurs);
      isOurs.then((isOurs) => this.#decideOurs(pending, head, isOurs)).then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  #decideOurs(pending: PendingHandshake, head: RequestHead, isOurs: boolean | null): void {
    if (isOurs === false) return this.#pass({ pending, head, isOurs }, NOT_OURS);
    // The limits are checked for heads that the runtime's server has parsed. Our own reader has
    // checked its heads already.
    const excess = head.text === undefined ? checkHeadLimits(head, this.options) : null;
    const upgrade = excess === null ? readUpgrade(head) : refuse(excess);
    const refused = { pending, head, isOurs };
    if ("reason" in upgrade) return this.#refuse(refused, upgrade);
    const { context, peerAddress, remoteAddress: announced } = pending;
    const seen = this.#readForwarded(upgrade.head.headers, announced);
    const { scheme = pending.scheme, host = upgrade.host } = seen;
    const remoteAddress = seen.remoteAddress ??
      (announced === peerAddress ? undefined : announced ?? undefined);
    const httpVersion: "2" | undefined = head.version === "2" ? "2" : undefined;
    const hasExtras = context !== undefined || seen !== NOT_FORWARDED ||
      remoteAddress !== undefined || httpVersion !== undefined;
    const extras = hasExtras ? { context, remoteAddress, host, httpVersion } : null;
    const handshake = new OpenedHandshake({ scheme, text: upgrade.text, extras });
    const opening = { remoteAddress: remoteAddress ?? peerAddress, peerAddress, context };
    const read: ReadUpgrade = { upgrade, handshake, opening };
    if (this.#allowsHost?.(host) === false) return this.#refuse(refused, refuseHost(host));
    if (this.#perAddress?.take(pending, opening.remoteAddress) === false) {
      return this.#refuse(refused, TOO_MANY_OF_ADDRESS);
    }
    try {
      const subject = { ...upgrade, host };
      const isAllowed = this.#allowsOrigin(host === upgrade.host ? upgrade : subject);
      if (isAllowed === true) return this.#produce(pending, read);
      if (isAllowed === false) return this.#refuse(refused, refuseOrigin(subject));
      isAllowed.then((isAllowed) =>
        isAllowed ? this.#produce(pending, read) : this.#refuse(refused, refuseOrigin(subject))
      ).catch((error: unknown) => this.#failed(pending, error, () => handshake.request));
    } catch (error) {
      this.#failed(pending, error, () => handshake.request);
    }
  }

  /** Asks the producer for the handler. Throws the producer's error. */
  #produce(pending: PendingHandshake, read: ReadUpgrade): void {
    const handler = this.#handler;
    if (typeof handler !== "function") return this.#accept(pending, read, { handler, headers: [] });
    const opening = new PendingOpening(read.opening);
    const produced = handler(read.handshake.request, read.upgrade.protocols, opening);
    if (isPromise(produced)) {
      produced.then(
        (produced) => this.#take(pending, read, { produced, opening }),
        (error: unknown) => this.#failed(pending, error, () => read.handshake.request),
      );
    } else this.#take(pending, read, { produced, opening });
  }

  /**
   * Counts a new opening. If there are too many, drops one without a complete request. If there is
   * none, refuses with 503 and returns `false`.
   */
  admit(pending: PendingHandshake): boolean {
    const { maxConnections, maxPendingUpgrades } = this.options;
    const isFull = this.#pending.size >= maxPendingUpgrades ||
      this.connections.size + this.#pending.size >= maxConnections;
    const canMakeRoom = this.connections.size < maxConnections;
    this.tap?.onAdmitted(pending);
    const isAdmitted = !this.#isClosing && (!isFull || (canMakeRoom && this.#makeRoomFor(pending)));
    this.#pending.add(pending);
    if (isAdmitted) return true;
    const limit = canMakeRoom ? "maxPendingUpgrades" : "maxConnections";
    const answer = unavailable(this.#isClosing ? "closing" : limit);
    this.tell(pending, answer, null);
    pending.refuse(answer);
    return false;
  }

  /** Drops the oldest opening that is silent, if there is one. */
  #makeRoomFor({ peerAddress }: PendingHandshake): boolean {
    const dropped = oldestSilent(this.#pending, peerAddress);
    dropped?.timeOut();
    return dropped !== null;
  }

  /** Opens a connection and runs the handler on it. */
  attach(
    { handler }: Pick<AcceptedUpgrade<WebSocketHandler>, "handler">,
    options: Pick<AttachOptions, "wire" | "handshake" | "early">,
  ): void {
    const { wire, handshake, early } = options;
    const { context, tap, options: rates } = this;
    const { clock } = context.platform;
    const limited = hasLimit(rates) ? new PacedWire(wire, { rates, clock }) : wire;
    const filtered = tap === null ? limited : tap.watch(limited, handshake);
    const connection = attach(handler, { wire: filtered, handshake, early, context });
    if (handler.drain !== undefined) this.#drainers.set(connection, handler);
  }

  /** Called by the opening when the handshake has ended. */
  finished(pending: PendingHandshake): void {
    this.#perAddress?.release(pending);
    this.#pending.delete(pending);
  }

  /** Refuses new handshakes and ends all connections. Called once. */
  async close(closing: ServerClosing): Promise<ServerCloseReport> {
    this.#isClosing = true;
    for (const pending of this.#pending) pending.refuse(unavailable("closing"));
    this.#pending.stop();
    const { connections, options: { onError }, context: { platform: { clock } } } = this;
    const handlerOf = (connection: WebSocketConnection) => this.#drainers.get(connection);
    const topOf = (connection: WebSocketConnection) => this.#inner.topOf(connection);
    const atWork = this.#atWork;
    this.#drain = new Drain({ connections, atWork, closing, clock, handlerOf, topOf, onError });
    this.#inner.close();
    return await this.#drain.run();
  }

  /** Whether refusals are reported, which needs a `Request` for each. */
  get #isTold(): boolean {
    return this.#onRefuse !== null || this.tap !== null;
  }

  get clock(): Clock {
    return this.context.platform.clock;
  }

  /** Reports a refusal to the owner. */
  tell(
    { peerAddress }: PendingHandshake,
    { status, reason: rule, body }: Pick<PlainAnswer, "status" | "reason" | "body">,
    request: Request | null,
  ): void {
    const refused = { status, rule, reason: body, request, remoteAddress: peerAddress };
    this.tap?.onRefused(refused);
    tell(() => this.#onRefuse?.(refused), this.options.onError);
  }

  #refuse({ pending, head, isOurs }: RefusedHead, answer: PlainAnswer): void {
    // The producer might have left this request alone, so another library may take it.
    if (isOurs === null) return this.#pass({ pending, head, isOurs }, answer);
    if (this.#isTold) this.tell(pending, answer, toRequest(pending.scheme, head));
    pending.refuse(answer);
  }

  #pass({ pending, head }: RefusedHead, answer: PlainAnswer): void {
    pending.pass(answer, () => {
      if (this.#isTold) this.tell(pending, answer, toRequest(pending.scheme, head));
    });
  }

  #take(
    pending: PendingHandshake,
    read: ReadUpgrade,
    { produced, opening }: { produced: Produced; opening: PendingOpening },
  ): void {
    const { handshake } = read;
    if (produced === undefined) {
      return pending.pass(NOT_OURS, () => this.tell(pending, NOT_OURS, handshake.request));
    }
    if (produced === null) {
      this.tell(pending, NO_HANDLER, handshake.request);
      return pending.refuse(NO_HANDLER);
    }
    try {
      if (!isResponse(produced)) {
        const handler = checkSpelling(produced);
        return this.#accept(pending, read, { handler, headers: opening.headerList });
      }
      const { status, statusText } = produced;
      if (status < 200) {
        throw new RangeError(`handler: a Response of status ${status} is no refusal`);
      }
      this.tell(
        pending,
        { status, reason: "producer", body: `the producer's answer ${statusText}` },
        handshake.request,
      );
      pending.respond(produced).catch((error) =>
        this.#failed(pending, error, () => handshake.request)
      );
    } catch (error) {
      this.#failed(pending, error, () => handshake.request);
    }
  }

  #accept(
    pending: PendingHandshake,
    { upgrade, handshake }: ReadUpgrade,
    { handler, headers }: Pick<AcceptedUpgrade<WebSocketHandler>, "handler" | "headers">,
  ): void {
    const { protocol } = handler, { protocols } = upgrade;
    handshake.protocol = agreeProtocol(upgrade, protocol);
    const isMissed = protocols.length > 0 && protocol !== undefined && handshake.protocol === "";
    if (isMissed && this.options.protocolRequired) {
      const answer = refuseProtocols(protocols, protocol);
      this.tell(pending, answer, handshake.request);
      return pending.refuse(answer);
    }
    this.tap?.onAccepted(pending, handshake);
    pending.accept({ upgrade, handshake, handler, headers });
  }

  #failed(pending: PendingHandshake, error: unknown, requestOf: () => Request | null): void {
    this.tell(pending, FAILED, requestOf());
    pending.refuse(FAILED);
    report(() => this.options.onError(error));
  }
}
