/**
 * Sends responses of the Fetch standard through `node:http`.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers";
import { nameOf } from "../../../connection/sendable.ts";
import { isResponse } from "../../../response.ts";

/**
 * Fields that say how a message is framed on one connection (RFC 9110 section 7.6.1). Only
 * `node:http` writes them. The `Transfer-Encoding` of a response that was fetched elsewhere, beside
 * a `Content-Length`, would let the next proxy read the body differently from how it is written.
 */
const FRAMING: ReadonlySet<string> = new Set(["transfer-encoding", "trailer", "upgrade"]);

/**
 * Checks the result of `fetch`.
 *
 * @throws {TypeError} if it is no `Response`.
 * @throws {RangeError} if its status cannot end a request, such as 101, which Bun allows.
 */
export function checkAnswer(answer: unknown): Response {
  if (!isResponse(answer)) {
    throw new TypeError(`fetch: must return a Response, not ${nameOf(answer)}`);
  }
  const { status } = answer;
  if (status >= 200 && status <= 599) return answer;
  throw new RangeError(`fetch: a Response of status ${status} is no answer`);
}

/**
 * Sends a response as fast as the client takes it. Rejects with the error of the body's stream.
 * Rejects also if the body is longer or shorter than its `Content-Length`, because the client would
 * misread the next response.
 */
export async function sendResponse(target: ServerResponse, response: Response): Promise<void> {
  const { status, statusText, headers, body } = response;
  target.statusCode = status;
  target.statusMessage = statusText;
  for (const [name, value] of headers) if (!FRAMING.has(name)) target.setHeader(name, value);
  // Only `Set-Cookie` may not be joined by commas (RFC 6265 section 3); the loop keeps the last
  // one.
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) target.setHeader("set-cookie", cookies);
  if (body === null) return void target.end();
  const reader = body.getReader();
  const hasNoBody = target.req.method === "HEAD" || status === 204 || status === 304;
  if (hasNoBody || target.destroyed) {
    cancel(reader);
    target.end();
  } else {
    await sendBody(target, reader, readLength(headers));
  }
}

/**
 * Ends a failed exchange: with a status and no body, or by dropping the socket if a head was sent.
 */
export function sendStatus(target: ServerResponse, status: number): void {
  if (target.headersSent) return void target.destroy();
  for (const name of target.getHeaderNames()) target.removeHeader(name);
  target.statusCode = status;
  target.statusMessage = "";
  // Because the unread rest of the request would be read as the next one.
  target.setHeader("connection", "close");
  target.end();
}

async function sendBody(
  target: ServerResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  length: number | null,
): Promise<void> {
  let left = length ?? Infinity;
  let onDrain = (): void => {};
  target.on("drain", () => onDrain());
  target.on("close", () => {
    cancel(reader);
    onDrain();
  });
  // The head must not wait for a body that begins late, such as server-sent events.
  setImmediate(() => {
    if (!target.headersSent && !target.destroyed) target.flushHeaders();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (target.destroyed) return;
    left -= done ? 0 : value.length;
    if (left < 0 || (done && length !== null && left > 0)) {
      cancel(reader);
      throw new RangeError(`fetch: the body is ${done ? "shorter" : "longer"} than content-length`);
    }
    if (done) return void target.end();
    if (target.write(value) || target.destroyed) continue;
    await new Promise<void>((resolve) => onDrain = resolve);
  }
}

function readLength(headers: Headers): number | null {
  const text = headers.get("content-length");
  return text === null ? null : Number(text);
}

/** Cancels a body. An error of its source is ignored. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}
