/**
 * Begins the opening handshakes on transports of this library. Mounts on native servers, which
 * answer handshakes themselves, do not load this file.
 *
 * @module
 */
import type { RequestHead } from "../handshake/head.ts";
import type { Transport } from "../transport/transport.ts";
import { HeadReaderPool } from "./head_reader_pool.ts";
import { PendingUpgrade, type TransportSource } from "./pending_upgrade.ts";
import { RefusedTransports } from "./refused_transports.ts";
import type { Upgrader } from "./upgrader.ts";

/** A transport whose request an HTTP server has read. */
export interface UpgradeInput {
  readonly transport: Transport | TransportSource;
  /** Bytes that followed the head of the request. */
  readonly early: Uint8Array;
  /** Scheme of the request's URL: whether TLS is in use. */
  readonly scheme: "http" | "https";
}

/** Options of {@linkcode TransportUpgrades}. */
export interface TransportUpgradesOptions {
  /** Whether each transport begins with a PROXY header. */
  readonly proxyProtocol?: boolean | undefined;
}

/** Begins the opening handshakes of one server or mount. */
export class TransportUpgrades {
  readonly #upgrader: Upgrader;
  readonly #readers: HeadReaderPool;
  readonly #refused: RefusedTransports;
  readonly #proxyProtocol: boolean;

  constructor(upgrader: Upgrader, { proxyProtocol = false }: TransportUpgradesOptions = {}) {
    this.#proxyProtocol = proxyProtocol;
    const { maxHeadBytes, maxHeaderFields } = upgrader.options;
    this.#upgrader = upgrader;
    const { platform: { clock }, limits: { closeTimeoutMs } } = upgrader.context;
    this.#refused = new RefusedTransports(clock, closeTimeoutMs);
    this.#readers = new HeadReaderPool({ kind: "request", maxHeadBytes, maxHeaderFields });
  }

  /** Takes a transport that begins with an HTTP request. */
  accept(transport: Transport, scheme: "http" | "https"): void {
    const pending = this.#begin(transport, scheme);
    if (this.#proxyProtocol) pending.expectProxyHeader();
    if (this.#upgrader.admit(pending)) pending.readHead();
  }

  /** Takes a transport whose request an HTTP server has read. */
  upgrade(head: RequestHead, { transport, early, scheme }: UpgradeInput): void {
    const pending = this.#begin(transport, scheme);
    if (this.#upgrader.admit(pending)) pending.decide(head, early);
  }

  #begin(transport: Transport | TransportSource, scheme: "http" | "https"): PendingUpgrade {
    const upgrader = this.#upgrader, readers = this.#readers, refused = this.#refused;
    return new PendingUpgrade({ upgrader, readers, refused, transport, scheme });
  }
}
