/**
 * Collects the answer of a server that refused, for the error.
 *
 * @module
 */
import type { ResponseHead } from "../handshake/head.ts";
import { toHeaders } from "../handshake/head.ts";
import { getHeader } from "../handshake/header_values.ts";
import { WebSocketError } from "../errors.ts";
import { BodyReader } from "./body_reader.ts";
import { cannotConnect } from "./messages.ts";

/** Most bytes of a body that are kept. An explanation fits, and a large download is not stored. */
export const MAX_BODY_BYTES: number = 64 * 1024;

/** One answer other than 101. */
export class Refusal {
  readonly head: ResponseHead;
  readonly #body: BodyReader;

  constructor(head: ResponseHead) {
    this.head = head;
    this.#body = new BodyReader(head, MAX_BODY_BYTES);
  }

  /** Whether the body, or as much as is kept of it, has arrived. */
  get isComplete(): boolean {
    return this.#body.isComplete;
  }

  /** Takes the next bytes of the body. */
  push(chunk: Uint8Array): void {
    this.#body.push(chunk);
  }

  /** Makes a `Response` of the answer. */
  toResponse(): Response {
    const { status, statusText, headers } = this.head;
    // `Response` allows no body with these statuses, and no reason phrase outside of Latin-1.
    const body = [204, 205, 304].includes(status) ? null : this.#body.bytes;
    return new Response(body, { status, statusText, headers: toHeaders(headers) });
  }

  /** Makes the error. */
  toError(url: URL): WebSocketError {
    const { status, headers } = this.head;
    const message = cannotConnect(url, this.describe());
    const location = getHeader(headers, "location");
    const options = { status, response: this.toResponse() };
    if (status < 300 || status > 399 || location === null) {
      return new WebSocketError("ERR_HANDSHAKE_STATUS", message, options);
    }
    return new WebSocketError("ERR_HANDSHAKE_REDIRECT", `${message}, to ${location}`, {
      ...options,
      location,
    });
  }

  /** Describes the answer in a few words: the status, the kind of body, and a short plain text. */
  describe(): string {
    const { status, statusText, headers } = this.head;
    const type = (getHeader(headers, "content-type") ?? "").split(";", 1)[0]!.trim();
    const answer = `the server answered ${status} ${statusText}`.trimEnd();
    if (status < 300) return `${answer}${type && ` ${type}`}: is this the WebSocket's path?`;
    // A `Response` that Bun makes of a string has no Content-Type.
    const text = type === "text/plain" || type === "" ? firstLine(this.#body.bytes) : "";
    return text === "" ? answer : `${answer}: ${text}`;
  }
}

/** Most characters of an explanation in a message. */
const MAX_SHOWN = 200;

function firstLine(bytes: Uint8Array): string {
  const [line = ""] = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_SHOWN)).trim().split(
    /[\r\n]/,
  );
  // Because a terminal interprets control characters.
  const shown = line.replaceAll(/\p{Cc}/gu, " ");
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}...` : shown;
}
