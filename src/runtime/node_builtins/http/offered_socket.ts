/**
 * A socket of an `upgrade` event that several listeners may examine. It is not touched before a
 * mount takes it, because a 404 between the frames of another library would break that library's
 * connection.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import type { Address } from "../../../message.ts";
import { makeDeferred } from "../../../promises.ts";
import type { TransportSource } from "../../../server/pending_upgrade.ts";
import type { Transport } from "../../../transport/transport.ts";
import { peerOf, transportOf } from "../socket_transport.ts";

/** Milliseconds that other listeners have for taking a socket, as in engine.io. */
const OTHERS_TURN_MS = 1_000;

/**
 * For each undecided socket, the number of mounts that still decide. A taken socket has no entry.
 */
const undecided = new WeakMap<Duplex, number>();

/** The part of an HTTP server that is used. */
interface UpgradeServer {
  listenerCount(event: "upgrade"): number;
}

/** One socket, offered to one mount. */
export class OfferedSocket implements TransportSource {
  readonly context: unknown;
  readonly peerAddress: Address | null;
  onLost: (() => void) | null = null;
  readonly #socket: Duplex;
  readonly #taken = makeDeferred<boolean>();
  readonly #onLost = (): void => this.#lose();

  constructor(socket: Duplex, context: unknown) {
    this.#socket = socket;
    this.context = context;
    this.peerAddress = peerOf(socket);
    undecided.set(socket, (undecided.get(socket) ?? 0) + 1);
    // Without a listener the reset of a socket that no library has taken would end the process.
    if (socket.listenerCount("error") === 0) socket.on("error", () => {});
    socket.once("close", this.#onLost);
    if (socket.closed) queueMicrotask(this.#onLost);
  }

  /** Resolves to whether the socket was taken. */
  get isTaken(): Promise<boolean> {
    return this.#taken.promise;
  }

  take(): Transport {
    this.#decide();
    this.#taken.resolve(true);
    return transportOf(this.#socket);
  }

  pass(onUnclaimed: () => void): void {
    this.#decide();
    this.#taken.resolve(false);
    const waitMs = this.#countListeners() === 1 ? 0 : OTHERS_TURN_MS;
    const timer = setTimeout(() => this.#isUnclaimed() && onUnclaimed(), waitMs);
    timer.unref();
  }

  #lose(): void {
    this.#decide();
    this.onLost?.();
    this.#taken.resolve(false);
  }

  #decide(): void {
    const socket = this.#socket;
    socket.off("close", this.#onLost);
    undecided.set(socket, (undecided.get(socket) ?? 1) - 1);
  }

  /**
   * Counts the listeners of the server's `upgrade` event. Returns 0 if the socket has no reference
   * to its server.
   */
  #countListeners(): number {
    const { server } = this.#socket as { server?: UpgradeServer };
    return server?.listenerCount("upgrade") ?? 0;
  }

  /** Whether no listener has written to the socket, reads from it, or is still deciding. */
  #isUnclaimed(): boolean {
    const socket = this.#socket as Duplex & { bytesWritten?: number };
    return !socket.destroyed && socket.writable && !socket.writableEnded &&
      (socket.bytesWritten ?? 0) === 0 && undecided.get(socket) === 0 &&
      socket.listenerCount("data") === 0 && socket.listenerCount("readable") === 0;
  }
}
