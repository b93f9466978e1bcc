/**
 * Responses of the Fetch standard through `node:http`.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers";

/** Sends a response, as fast as the client takes it. Rejects with what its body's source throws. */
export async function sendResponse(target: ServerResponse, response: Response): Promise<void> {
  const { status, statusText, headers, body } = response;
  target.statusCode = status;
  target.statusMessage = statusText;
  for (const [name, value] of headers) target.setHeader(name, value);
  // These alone may not be joined by commas (RFC 6265 section 3), so the last one would win.
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

/** Ends an exchange that went wrong: with a bare status, or by a break if it is too late for that. */
export function sendStatus(target: ServerResponse, status: number): void {
  if (target.headersSent) return void target.destroy();
  for (const name of target.getHeaderNames()) target.removeHeader(name);
  target.statusCode = status;
  target.statusMessage = "";
  target.setHeader("connection", "close"); // the rest of the request may be anything
  target.end();
}

async function sendBody(
  target: ServerResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  let goOn = (): void => {};
  target.on("drain", () => goOn());
  target.on("close", () => {
    cancel(reader);
    goOn();
  });
  // A body that is slow to begin (server-sent events) must not hold the head back.
  setImmediate(() => {
    if (!target.headersSent && !target.destroyed) target.flushHeaders();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (target.destroyed) return;
    if (done) return void target.end();
    if (target.write(value) || target.destroyed) continue;
    await new Promise<void>((resolve) => goOn = resolve);
  }
}

/** Tells a body's source that nobody wants the rest. What it says to that, nobody hears. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}
