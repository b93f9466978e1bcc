/**
 * The life of a handler on a connection: how it fails, and how it ends.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { Reader } from "./pull_receiver.ts";
import type { AttachOptions } from "./attach_options.ts";
import { CLOSED, OPEN } from "../handler.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import { ConnectionCore } from "./connection_core.ts";
import { isClosedError, report } from "./report.ts";

/**
 * Runs a handler. The subclasses are for handlers with `session` and for handlers with `message`.
 */
export abstract class HandlerRunner<H extends WebSocketHandler> implements ConnectionOwner {
  readonly connection: Connection;
  protected readonly handler: H;
  protected readonly core: ConnectionCore;
  #hasEnded = false; // all messages were delivered
  #told: unknown; // the error that was reported last; the rejection of its call may bring it again

  constructor(handler: H, options: AttachOptions, pull: Reader | null) {
    const { wire, handshake, context } = options;
    this.handler = handler;
    const core = this.core = new ConnectionCore(wire, context, this);
    this.connection = new Connection({ core, handshake, pull });
  }

  /** Begins to listen to the peer. */
  abstract start(): void;

  /** Calls the handler's first method. */
  abstract run(): void;

  onClosed(): void {
    this.core.context.onClosed?.(this.connection);
    this.#callClose();
  }

  onMistake(error: unknown): void {
    this.#told = error;
    this.#report(error);
  }

  onFrame(kind: "ping" | "pong", payload: Uint8Array): void {
    // The handler is asked first, because a promise would double the cost of a ping.
    if (this.handler[kind] !== undefined) this.#callFrame(kind, payload);
  }

  async #callFrame(kind: "ping" | "pong", payload: Uint8Array): Promise<void> {
    try {
      await this.handler[kind]?.(this.connection, payload.slice());
    } catch (error) {
      this.fail(error);
    }
  }

  /** Drops the messages that wait for the handler. */
  discard(): void {}

  /** The handler threw, or its promise was rejected: closes with 1011, and reports the error. */
  protected fail(error: unknown): void {
    // A send that rejected because the connection ended is not a fault of the handler.
    if (this.core.readyState !== OPEN && isClosedError(error)) return;
    // Also while the connection is closing: a handler that failed gets no further message.
    this.discard();
    this.core.closeAfterError(error);
    if (error !== this.#told || error === undefined) this.#report(error);
  }

  /** All messages were delivered. Only the first call has an effect. */
  protected end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#callClose();
  }

  /**
   * Calls the handler's `close`, which is its last call: all messages are delivered and the
   * transport has ended.
   */
  async #callClose(): Promise<void> {
    const { handler, core, core: { context } } = this;
    if (!this.#hasEnded || core.readyState !== CLOSED) return;
    try {
      // Only a handler with `close` is told: `closeInfo` of a lost connection makes an error, 10 µs.
      if (handler.close !== undefined) await handler.close(this.connection, core.closeInfo!);
    } catch (error) {
      this.#report(error);
    }
    context.onFinished?.(this.connection);
  }

  #report(error: unknown): void {
    report(() => this.core.context.onError(error, this.connection));
  }
}
