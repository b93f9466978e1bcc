/**
 * Responses of the Fetch standard through `node:http`.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers";

/** Sends a response, as fast as the client takes it. Rejects with the error of its body's stream. */
export async function sendResponse(target: ServerResponse, response: Response): Promise<void> {
  const { status, statusText, headers, body } = response;
  target.statusCode = status;
  target.statusMessage = statusText;
  for (const [name, value] of headers) target.setHeader(name, value);
  // Only `Set-Cookie` may not be joined by commas (RFC 6265 section 3); the loop keeps the last one.
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) target.setHeader("set-cookie", cookies);
  if (body === null) return void target.end();
  const reader = body.getReader();
  const hasNoBody = target.req.method === "HEAD" || status === 204 || status === 304;
  if (hasNoBody || target.destroyed) {
    cancel(reader);
    target.end();
  } else {
    await sendBody(target, reader);
  }
}

/** Ends an exchange that went wrong: with a bare status, or by dropping the socket if a head was sent. */
export function sendStatus(target: ServerResponse, status: number): void {
  if (target.headersSent) return void target.destroy();
  for (const name of target.getHeaderNames()) target.removeHeader(name);
  target.statusCode = status;
  target.statusMessage = "";
  target.setHeader("connection", "close"); // because an unread rest of the request would be taken for the next one
  target.end();
}

async function sendBody(
  target: ServerResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
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
    if (done) return void target.end();
    if (target.write(value) || target.destroyed) continue;
    await new Promise<void>((resolve) => onDrain = resolve);
  }
}

/** Cancels a body. An error of its source is ignored. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}
