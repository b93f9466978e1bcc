/**
 * The owner of a browser's connection, with its handler. The runners of servers would add 1,000
 * bytes (gzipped) to a client: they must not wait a microtask for each message, and they handle
 * drains, pings and pongs, none of which a browser needs.
 *
 * @module
 */
import type { ConnectionOwner } from "../../connection/connection_owner.ts";
import type { AttachOptions } from "../../connection/attach_options.ts";
import type { AnyResult } from "../../connection/pull_receiver.ts";
import type { ReadKind } from "../../connection/read_wait.ts";
import type { Message } from "../../message.ts";
import type { MessageHandler, WebSocketConnection, WebSocketHandler } from "../../handler.ts";
import { Connection } from "../../connection/connection.ts";
import { ConnectionCore } from "../../connection/connection_core.ts";
import { MessageReader } from "../../connection/message_reader.ts";
import { isClosedError, report } from "../../connection/report.ts";
import { mustNotReturn } from "../../connection/sendable.ts";
import { OPEN } from "../../handler.ts";
import { NORMAL_CLOSURE } from "../../protocol/close_code.ts";

/**
 * The messages of a handler with `message`. The handler is called within the event of the message,
 * unless others wait. Its answer then leaves before a broken frame behind the message ends the
 * connection, as from a listener of the platform's own.
 */
class FedReader extends MessageReader {
  onTaken: ((message: Message) => void) | null = null;

  protected override convert(kind: ReadKind, message: Message): AnyResult {
    this.onTaken?.(message);
    return super.convert(kind, message);
  }
}

class ClientOwner implements ConnectionOwner {
  readonly connection: Connection;
  readonly #core: ConnectionCore;
  readonly #reader: FedReader;
  readonly #onError: AttachOptions["context"]["onError"];
  #told: unknown; // the mistake that was told last; it may come again as the rejection of its call

  constructor({ wire, handshake, context }: AttachOptions, handler: WebSocketHandler | undefined) {
    this.#onError = context.onError;
    const reader = this.#reader = new FedReader({ wire, clock: context.platform.clock });
    const core = this.#core = new ConnectionCore(wire, context, this);
    const isFed = handler !== undefined && handler.session === undefined;
    this.connection = new Connection({ core, handshake, pull: isFed ? null : reader });
    core.start(reader);
    if (handler !== undefined) this.#run(handler);
  }

  onClosed(): void {}

  onFrame(): void {}

  onMistake(error: unknown): void {
    this.#told = error;
    report(() => this.#onError(error, this.connection));
  }

  async #run(handler: WebSocketHandler): Promise<void> {
    const { connection } = this;
    try {
      mustNotReturn(await handler.open?.(connection, connection.request));
      if (handler.session === undefined) await this.#feed(handler);
      else {
        mustNotReturn(await handler.session(connection, connection.request));
        connection.close(NORMAL_CLOSURE);
      }
    } catch (error) {
      this.#fail(error);
    }
    try {
      await handler.close?.(connection, await connection.closed);
    } catch (error) {
      this.onMistake(error);
    }
  }

  /** Calls `message` for each message, `concurrency` at a time, until the last call is settled. */
  async #feed(handler: MessageHandler): Promise<void> {
    const { concurrency = 1 } = handler, calls = new Set<Promise<void>>(), reader = this.#reader;
    reader.onTaken = (message) => {
      const call = (async () => mustNotReturn(await handler.message?.(this.connection, message)))()
        .catch((error) => this.#fail(error))
        .finally(() => calls.delete(call));
      calls.add(call);
    };
    while (await reader.read("message", undefined, Infinity) !== null) {
      if (calls.size >= concurrency) await Promise.race(calls);
    }
    await Promise.all(calls);
  }

  #fail(error: unknown): void {
    // A send that met the end of the connection is no fault of the handler.
    if (this.#core.readyState !== OPEN && isClosedError(error)) return;
    this.#reader.discard(); // a handler that failed is given no more
    this.#core.closeAfterError(error);
    if (error !== this.#told || error === undefined) this.onMistake(error);
  }
}

/** Makes the connection of a browser's client. With a handler it runs it. */
export function attachClient(
  options: AttachOptions,
  handler: WebSocketHandler | undefined,
): WebSocketConnection {
  return new ClientOwner(options, handler).connection;
}
