/**
 * Runs a handler with `session`, which reads by itself.
 *
 * @module
 */
import type { SessionHandler } from "../handler.ts";
import { NORMAL_CLOSURE } from "../protocol/close_code.ts";
import type { AttachOptions } from "./attach_options.ts";
import { HandlerRunner } from "./handler_runner.ts";
import { mustNotReturn } from "./sendable.ts";
import { makeReader } from "./make_reader.ts";
import type { Reader } from "./pull_receiver.ts";

/** Runs a handler with `session`. */
export class SessionRunner extends HandlerRunner<SessionHandler> {
  readonly #receiver: Reader;

  constructor(handler: SessionHandler, options: AttachOptions) {
    const { wire, context: { platform: { clock }, limits: { maxMessageBytes } } } = options;
    const receiver = makeReader({ wire, clock, maxMessageBytes });
    super(handler, options, receiver);
    this.#receiver = receiver;
  }

  start(): void {
    this.core.start(this.#receiver);
  }

  run(): void {
    this.#runSession(this.handler);
  }

  async #runSession(handler: SessionHandler): Promise<void> {
    const { connection } = this;
    try {
      await handler.open?.(connection, connection.request);
      mustNotReturn(await handler.session(connection, connection.request));
      await this.core.close(NORMAL_CLOSURE, "");
    } catch (error) {
      this.fail(error);
    }
    this.end();
  }
}
