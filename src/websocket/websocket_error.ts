/**
 * The error of a `WebSocketStream`.
 *
 * @module
 */
import { checkCloseArguments, toCloseInfo, toDomString } from "./arguments.ts";
import { beLikeWebIdl } from "./web_idl.ts";

/** Code and reason of closing a `WebSocketStream`. */
export interface WebSocketCloseInfo {
  /**
   * The close code. `close()` takes 1000, or 3000 to 4999.
   *
   * @default {a Close without a code}
   */
  closeCode?: number;
  /** The close reason: at most 123 bytes of UTF-8. */
  reason?: string;
}

/**
 * The error of a `WebSocketStream` that was not closed cleanly. A program can make one and pass it
 * to `cancel()` or `abort()` of a stream, which closes the connection with its code and reason.
 *
 * @example
 * ```ts
 * import { WebSocketError, WebSocketStream } from "@fullduplex/websocket/websocket";
 *
 * export async function refuse(stream: WebSocketStream): Promise<void> {
 *   const { writable } = await stream.opened;
 *   await writable.abort(new WebSocketError("no more", { closeCode: 4000, reason: "no more" }));
 * }
 * ```
 */
export class WebSocketError extends DOMException {
  readonly #closeCode: number | null;
  readonly #reason: string;

  /**
   * Makes an error, with which a stream can be cancelled or aborted.
   *
   * @param message For people.
   * @param init Code and reason; a reason without a code gets 1000.
   * @throws {DOMException} `InvalidAccessError` for a code that may not be sent, `SyntaxError` for
   * a reason of more than 123 bytes.
   */
  constructor(message = "", init: WebSocketCloseInfo = {}) {
    const { code, reason } = checkCloseArguments(toCloseInfo(init));
    super(toDomString(message), "WebSocketError");
    this.#closeCode = code;
    this.#reason = reason;
    if (!("stack" in this)) addStack(this);
  }

  /** The close code, or `null`. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  /** The close reason, or `""`. */
  get reason(): string {
    return this.#reason;
  }
}

beLikeWebIdl(WebSocketError, "WebSocketError");

/** Adds the stack that Web IDL wants errors to have, and that Bun gives no `DOMException`. */
function addStack(error: DOMException): void {
  const value = new Error(error.message).stack?.replace(/^Error/, error.name);
  Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
}

/** The end of a connection that was not closed cleanly. */
export interface UncleanEnd {
  readonly message: string;
  readonly closeCode: number | null;
  readonly reason: string;
  readonly cause: unknown;
}

/** "Create a WebSocketError" with any code, including those that must not be sent. */
export function makeWebSocketError(end: UncleanEnd): WebSocketError {
  const error = new WebSocketError(end.message);
  const { closeCode, reason, cause } = end;
  for (const [name, value] of Object.entries({ closeCode, reason, cause })) {
    Object.defineProperty(error, name, { value, configurable: true });
  }
  return error;
}
