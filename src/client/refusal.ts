/**
 * The answer of a server that refused, gathered for the error that tells of it.
 *
 * @module
 */
import type { ResponseHead } from "../handshake/head.ts";
import { toHeaders } from "../handshake/head.ts";
import { getHeader } from "../handshake/header_values.ts";
import { WebSocketError } from "../errors.ts";
import { BodyReader } from "./body_reader.ts";
import { cannotConnect } from "./messages.ts";

/** Bytes of a body that are kept: an explanation fits, and a download costs no more than this. */
export const MAX_BODY_BYTES: number = 64 * 1024;

/** One answer other than 101. */
export class Refusal {
  readonly head: ResponseHead;
  readonly #body: BodyReader;

  constructor(head: ResponseHead) {
    this.head = head;
    this.#body = new BodyReader(head, MAX_BODY_BYTES);
  }

  /** Whether the part of the body that is wanted has arrived. */
  get isComplete(): boolean {
    return this.#body.isComplete;
  }

  /** Takes the next bytes of the body. */
  push(chunk: Uint8Array): void {
    this.#body.push(chunk);
  }

  /** The answer as the platform has it. */
  toResponse(): Response {
    const { status, statusText, headers } = this.head;
    // `Response` takes no body with these, and no reason phrase outside of Latin-1.
    const body = [204, 205, 304].includes(status) ? null : this.#body.bytes;
    return new Response(body, { status, statusText, headers: toHeaders(headers) });
  }

  /** The error that tells of it. */
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

  /** The answer in a few words: status, kind of body, and what a short plain text says. */
  describe(): string {
    const { status, statusText, headers } = this.head;
    const type = (getHeader(headers, "content-type") ?? "").split(";", 1)[0]!.trim();
    const answer = `the server answered ${status} ${statusText}`.trimEnd();
    if (status < 300) return `${answer}${type && ` ${type}`}: is this the WebSocket's path?`;
    // Bun gives a Response of a string no Content-Type.
    const text = type === "text/plain" || type === "" ? firstLine(this.#body.bytes) : "";
    return text === "" ? answer : `${answer}: ${text}`;
  }
}

/** Characters of an explanation that go into a message. */
const MAX_SHOWN = 200;

function firstLine(bytes: Uint8Array): string {
  const [line = ""] = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_SHOWN)).trim().split(
    /[\r\n]/,
  );
  const shown = line.replaceAll(/\p{Cc}/gu, " "); // a terminal obeys control characters
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}...` : shown;
}
