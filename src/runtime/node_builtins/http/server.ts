/**
 * Handles the requests of a `node:http` server.
 *
 * @module
 */
import type * as http from "node:http";
import type { HttpSink } from "../../../transport/runtime.ts";
import type { RequestHead } from "../../../handshake/head.ts";
import { RequestBody, toHeaderList, toRequest } from "./request.ts";
import { checkAnswer, sendResponse, sendStatus } from "./response.ts";
import type { TransportStream } from "./transport_stream.ts";

/** The head of a request as `node:http` parsed it, for example in an `upgrade` event. */
export function toRequestHead(
  message: Pick<http.IncomingMessage, "method" | "url" | "httpVersion"> & {
    readonly rawHeaders: readonly string[];
  },
): RequestHead {
  const { method = "", url: target = "", httpVersion: version, rawHeaders } = message;
  return { method, target, version, headers: toHeaderList(rawHeaders) };
}

/**
 * Whether a request asks for a WebSocket. An upgrade to another protocol may be ignored, and one in
 * HTTP/1.0 must be (RFC 9110 section 7.8). Java's client requests h2c by default. Node before 22.21
 * does not call this, and emits `upgrade` for all of them.
 */
export function asksForWebSocket({ httpVersion, headers }: http.IncomingMessage): boolean {
  return httpVersion === "1.1" && /(^|[\s,])websocket($|[\s,/])/i.test(headers.upgrade ?? "");
}

/** One ordinary request and its response. */
interface Exchange {
  readonly message: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly sink: HttpSink;
  readonly stream: TransportStream;
  readonly maxHeaderFields: number;
}

/** Answers an ordinary request, and reports errors of `fetch` to the sink. Never rejects. */
export async function answer(exchange: Exchange): Promise<void> {
  const { message, response, sink, stream, maxHeaderFields } = exchange;
  const gone = new AbortController();
  const body = RequestBody.of(message, () => stream.readOn());
  const leave = (): void => {
    gone.abort(new DOMException("The client is gone", "AbortError"));
    body?.release(gone.signal.reason);
  };
  message.on("error", leave);
  response.on("error", leave);
  response.on("close", () => response.writableFinished ? body?.release() : leave());
  if (message.rawHeaders.length > 2 * maxHeaderFields) return sendStatus(response, 431);
  let request: Request;
  try {
    request = toRequest(message, gone.signal, body);
  } catch {
    return sendStatus(response, 400);
  }
  try {
    const answered = checkAnswer(await sink.fetch(request));
    if (stream.isLast) response.setHeader("connection", "close");
    await sendResponse(response, answered);
  } catch (error) {
    if (!(gone.signal.aborted && isAbort(error))) sink.onError(error);
    sendStatus(response, 500);
  }
}

/**
 * Whether `fetch` failed only because its client has gone. Reading the name may throw if the value
 * is a `Proxy`.
 */
function isAbort(error: unknown): boolean {
  try {
    return error instanceof Error && error.name === "AbortError";
  } catch {
    return false;
  }
}
