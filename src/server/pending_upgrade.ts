/**
 * A pending opening handshake on the server. Reads the head and waits for the decision, within its
 * time and its limits.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../bytes.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { WebSocketHandler } from "../handler.ts";
import type { Address } from "../message.ts";
import type { Upgrader } from "./upgrader.ts";
import type { AcceptedUpgrade, PendingHandshake, PlainAnswer } from "./pending_handshake.ts";
import { FrameWire } from "../framed/frame_wire.ts";
import { formatExtensions } from "../handshake/header_values.ts";
import type { HeadReader } from "../handshake/http_head.ts";
import type { HeadReaderPool } from "./head_reader_pool.ts";
import { ProxyHeaderReader } from "./proxy_header_reader.ts";
import { NO_PROXY_HEADER } from "./refusals.ts";
import { refuse, writeAcceptance, writeRefusal } from "../handshake/server_handshake.ts";
import { writeResponse } from "../handshake/write_head.ts";
import type { RefusedTransports } from "./refused_transports.ts";

/**
 * Most bytes that are kept for a client that sends before it has our answer, which a client has no
 * reason to do.
 */
const MAX_EARLY_BYTES = 64 * 1024;

/** A transport that belongs to an HTTP server until it is taken. */
export interface TransportSource {
  /** Address of the peer, or `null` where the runtime does not provide it. */
  readonly peerAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** Called when the transport is lost before it is taken. The handshake sets it. */
  onLost: (() => void) | null;
  /** Takes the transport from its server. Called at most once. */
  take(): Transport;
  /** Leaves the transport to other libraries. `onUnclaimed` is called if none of them takes it. */
  pass(onUnclaimed: () => void): void;
}

/** Options of one opening handshake on a transport. */
export interface PendingUpgradeOptions {
  readonly upgrader: Upgrader;
  readonly readers: HeadReaderPool;
  readonly refused: RefusedTransports;
  readonly transport: Transport | TransportSource;
  readonly scheme: "http" | "https";
}

/** Receives a transport's bytes until it is a connection or refused. */
export class PendingUpgrade implements PendingHandshake, TransportSink {
  readonly scheme: "http" | "https";
  readonly #upgrader: Upgrader;
  readonly #readers: HeadReaderPool;
  readonly #refused: RefusedTransports;
  #transport: Transport | TransportSource;
  #reader: HeadReader | null = null; // after a chunk that ended within the head
  #isReadingHead = false;
  #proxy: ProxyHeaderReader | null = null; // with `proxyProtocol`
  #proxied: Address | null = null;
  #early: Uint8Array = EMPTY_BYTES;
  #isEnded = false;

  constructor({ upgrader, readers, refused, transport, scheme }: PendingUpgradeOptions) {
    this.#upgrader = upgrader;
    this.#readers = readers;
    this.#refused = refused;
    this.#transport = transport;
    this.scheme = scheme;
    if ("take" in transport) transport.onLost = () => this.#finish();
    else transport.sink = this;
  }

  /** The transport. It is taken from its server at the first access. */
  get transport(): Transport {
    const transport = this.#transport;
    if (!("take" in transport)) return transport;
    const taken = this.#transport = transport.take();
    taken.sink = this;
    return taken;
  }

  get peerAddress(): Address | null {
    const transport = this.#transport;
    return "take" in transport ? transport.peerAddress : transport.remoteAddress;
  }

  get remoteAddress(): Address | null {
    return this.#proxied ?? this.peerAddress;
  }

  get context(): unknown {
    return "take" in this.#transport ? this.#transport.context : undefined;
  }

  get isSilent(): boolean {
    return this.#isReadingHead;
  }

  timeOut(): void {
    if (this.#finish()) this.transport.abort();
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#isReadingHead) return this.#keep(chunk);
    if (this.#proxy !== null) return this.#readProxyHeader(this.#proxy, chunk);
    const reader = this.#reader ?? this.#readers.acquire();
    const progress = reader.push(chunk);
    if (progress.state === "more") {
      this.#reader = reader;
      return;
    }
    this.#reader = null;
    this.#readers.release(reader);
    if (progress.state === "request") this.decide(progress.head, progress.rest);
    else if (progress.state === "refused") {
      const refusal = refuse(progress.reason);
      this.#upgrader.tell(this, refusal, null);
      this.refuse(refusal);
    }
  }

  onEnd(): void {
    // The transport is dropped without an answer: either there was no request, or the peer no
    // longer waits.
    if (this.#finish()) this.transport.abort();
  }

  onDrain(): void {}

  onClose(): void {
    this.#finish();
  }

  /** Reads the head from the transport. */
  readHead(): void {
    this.#isReadingHead = true;
  }

  /** Expects the header of a proxy before the head of the request. */
  expectProxyHeader(): void {
    this.#proxy = new ProxyHeaderReader();
  }

  /** Lets the upgrader decide. Bytes that the client sends meanwhile are kept. */
  decide(head: RequestHead, early: Uint8Array): void {
    this.#isReadingHead = false;
    this.#early = early;
    this.#upgrader.decide(this, head);
  }

  refuse(refusal: PlainAnswer): void {
    this.#answer(writeRefusal(refusal));
  }

  pass(refusal: PlainAnswer, onRefused: () => void): void {
    const source = this.#transport;
    if (!("take" in source)) {
      onRefused();
      return this.refuse(refusal);
    }
    if (!this.#finish()) return;
    source.pass(() => {
      onRefused();
      this.#refuseWith(writeRefusal(refusal));
    });
  }

  async respond(response: Response): Promise<void> {
    const { status, statusText, headers } = response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    this.#answer(writeResponse({ status, statusText, headers: [...headers] }, bytes));
  }

  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void {
    const { upgrade, handshake, handler } = accepted;
    const { compression } = this.#upgrader;
    const deflate = compression?.negotiate(upgrade.extensions) ?? null;
    const extensions = deflate === null ? [] : [deflate.response];
    const { headers } = accepted;
    const acceptance = writeAcceptance({
      upgrade,
      protocol: handler.protocol,
      extensions,
      headers,
      hash: this.#upgrader.context.platform.hashToBase64,
    });
    if (!this.#finish()) return; // the client has disconnected meanwhile
    handshake.extensions = formatExtensions(extensions);
    const { transport } = this;
    const { context } = this.#upgrader, { output } = context.platform;
    output.cork(); // so that the response and the handler's first messages leave together
    try {
      const at = output.reserve(transport, acceptance.length); // before `bytes`, which it may replace
      output.bytes.set(acceptance, at);
      const codec = deflate === null ? undefined : compression?.makeCodec("server", deflate.terms);
      const wire = new FrameWire({ transport, context, compression: codec });
      transport.resume(); // it may have been paused because of early bytes
      this.#upgrader.attach(accepted, { wire, handshake, early: this.#early });
    } finally {
      output.uncork();
    }
  }

  #readProxyHeader(proxy: ProxyHeaderReader, chunk: Uint8Array): void {
    const rest = proxy.push(chunk);
    if (rest === null) return;
    if (rest === "wrong") { // the peer is not our proxy and would not understand an answer
      this.#upgrader.tell(this, NO_PROXY_HEADER, null);
      return this.timeOut();
    }
    this.#proxy = null;
    this.#proxied = proxy.source;
    if (rest.length > 0) this.onChunk(rest);
  }

  /** Sends a last answer and ends the transport. */
  #answer(response: Uint8Array): void {
    if (this.#finish()) this.#refuseWith(response);
  }

  #refuseWith(response: Uint8Array): void {
    this.#refused.answer(this.transport, response);
  }

  /** Ends the handshake, successfully or not. Returns `false` if it had ended before. */
  #finish(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    this.#upgrader.finished(this);
    return true;
  }

  #keep(chunk: Uint8Array): void {
    this.#early = concat([this.#early, chunk]);
    if (this.#early.length > MAX_EARLY_BYTES) this.transport.pause();
  }
}
