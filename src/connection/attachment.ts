/**
 * The life of a handler on a connection.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { PullReceiver } from "./pull_receiver.ts";
import type { AttachOptions } from "./attach_options.ts";
import { WebSocketError } from "../errors.ts";
import { ReadyState } from "../handler.ts";
import { Connection } from "./connection.ts";
import { ConnectionCore, type ConnectionOwner } from "./connection_core.ts";

/** What handlers that are fed and those that read have in common: how they fail, and how they end. */
export abstract class Attachment implements ConnectionOwner {
  readonly connection: Connection;
  protected readonly handler: WebSocketHandler | null;
  protected readonly core: ConnectionCore;
  #isDelivered = false; // all that came is handled

  constructor(
    handler: WebSocketHandler | null,
    { wire, handshake, context }: AttachOptions,
    pull: PullReceiver | null,
  ) {
    this.handler = handler;
    const core = this.core = new ConnectionCore(wire, context, this);
    this.connection = new Connection({ core, handshake, pull });
  }

  /** Begins to listen to the peer. */
  abstract start(): void;

  /** Runs the handler's first code. */
  abstract run(): void;

  over(): void {
    this.core.context.onOver?.(this.connection);
    this.#close();
  }

  async onFrame(kind: "ping" | "pong", payload: Uint8Array): Promise<void> {
    try {
      await this.handler?.[kind]?.(this.connection, payload.slice());
    } catch (error) {
      this.failed(error);
    }
  }

  /** Drops what waits for the handler. */
  clear(): void {}

  /** The handler threw, or its promise was rejected. */
  protected failed(error: unknown): void {
    // A send that met the end of the connection is no fault of the handler.
    const isClosed = error instanceof WebSocketError && error.code === "ERR_CLOSED";
    if (isClosed && this.core.readyState !== ReadyState.OPEN) return;
    this.clear(); // a handler that failed is given no more, also when we need not close
    this.core.closeAfterError(error);
    this.#report(error);
  }

  /** No more will come, and all that came is handled. */
  protected finished(): void {
    if (this.#isDelivered) return;
    this.#isDelivered = true;
    this.#close();
  }

  /** `close` is the last call of a handler: after the last message, and after the transport. */
  async #close(): Promise<void> {
    const { core, handler } = this;
    const isLast = this.#isDelivered && core.readyState === ReadyState.CLOSED;
    if (!isLast || handler?.close === undefined) return;
    try {
      await handler.close(this.connection, core.closeInfo);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.core.context.onError(error, this.connection);
    } catch (failure) {
      console.error("onError threw", failure);
    }
  }
}
