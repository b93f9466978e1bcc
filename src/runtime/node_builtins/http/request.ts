/**
 * Converts requests of `node:http` to requests of the Fetch standard.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { type HeaderList, toHeaders } from "../../../handshake/head.ts";
import { schemeOf, toOwnBytes } from "../socket_transport.ts";

/**
 * Characters that would make a part of `Host` another part of the URL. A comma shows that there
 * were several fields.
 */
const NOT_IN_HOST = /[\s/?#@\\,]/;

/** The body of a request as a stream without a queue: it reads only as much as is requested. */
export class RequestBody {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #message: IncomingMessage;
  readonly #onRead: (() => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  private constructor(message: IncomingMessage, onRead: (() => void) | undefined) {
    this.#message = message;
    this.#onRead = onRead;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#readOn(),
      cancel: () => this.#discard(),
    }, { highWaterMark: 0 });
    message.pause();
    message.on("data", (chunk) => {
      this.#controller?.enqueue(toOwnBytes(chunk));
      if (this.#controller !== null) message.pause();
    });
    message.on("end", () => this.#settle()?.close());
  }

  /**
   * The body of a message; `null` if it has none, or if its method gives the body no meaning
   * (`GET`). `onRead` is called when more of the body is wanted, for sockets that need more than
   * the message's `resume`.
   */
  static of(message: IncomingMessage, onRead?: () => void): RequestBody | null {
    const { method, headers } = message;
    const isEmpty = headers["transfer-encoding"] === undefined &&
      (headers["content-length"] ?? "0") === "0";
    return isEmpty || method === "GET" || method === "HEAD"
      ? null
      : new RequestBody(message, onRead);
  }

  /**
   * Ends the stream with an error. The unread rest is discarded, to make way for the next request.
   */
  release(reason: unknown = new TypeError("The request is answered")): void {
    this.#settle()?.error(reason);
    this.#discard();
  }

  #discard(): void {
    this.#controller = null;
    this.#readOn();
  }

  #readOn(): void {
    this.#message.resume();
    this.#onRead?.();
  }

  #settle(): ReadableStreamDefaultController<Uint8Array> | null {
    const controller = this.#controller;
    this.#controller = null;
    return controller;
  }
}

/** Methods that the Fetch standard forbids; Bun does not check them. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/** Makes the request. Throws a `TypeError` if the Fetch standard has no such request. */
export function toRequest(
  message: IncomingMessage,
  signal: AbortSignal,
  body: RequestBody | null,
): Request {
  const { method = "", rawHeaders } = message;
  if (FORBIDDEN_METHODS.has(method)) throw new TypeError(`${method} is no method to fetch with`);
  const headers = toHeaders(toHeaderList(rawHeaders));
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers,
    signal,
    body: body?.readable,
    duplex: "half",
  };
  const host = headers.get("host");
  if (host === null && message.httpVersion === "1.1") throw new TypeError("no Host");
  return new Request(toUrl(message, host), init);
}

/** Converts the header fields of `node:http` to pairs. */
export function toHeaderList(rawHeaders: readonly string[]): HeaderList {
  const list: [name: string, value: string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    list.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  }
  return list;
}

/** The requested URL (RFC 9112 section 3.3). */
function toUrl({ url: target = "/", socket }: IncomingMessage, host: string | null): URL {
  // The absolute form, which proxies use. It takes precedence over Host.
  if (/^https?:\/\//i.test(target)) return new URL(target);
  const authority = host || "localhost"; // HTTP/1.0 allows a request without Host
  if (NOT_IN_HOST.test(authority)) throw new TypeError("wrong Host");
  return new URL(`${schemeOf(socket)}://${authority}${target.startsWith("/") ? "" : "/"}${target}`);
}
