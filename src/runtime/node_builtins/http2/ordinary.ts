/**
 * Answers ordinary HTTP/2 requests by requests and responses of the Fetch standard.
 *
 * @module
 */
import type { ServerHttp2Stream } from "node:http2";
import { type HeaderList, toHeaders } from "../../../handshake/head.ts";
import { refuseConnect, valuesOf } from "../../../handshake/extended_connect.ts";
import { refuse } from "../../../handshake/server_handshake.ts";
import type { Http2Sink } from "../../../transport/runtime.ts";
import { schemeOf, toOwnBytes } from "../socket_transport.ts";
import { checkAnswer } from "../http/response.ts";
import { ErrorCode } from "./error_codes.ts";
import { toHeadersObject } from "./header_fields.ts";

/** Answers a request whose method is not CONNECT. Never rejects. */
export async function answerStream(
  stream: ServerHttp2Stream,
  fields: HeaderList,
  http: Http2Sink["http"],
): Promise<void> {
  if (http === null) {
    const refusal = refuse("connectMethod");
    return sendWhole(stream, refuseConnect(refusal), refusal.body);
  }
  const gone = new AbortController();
  stream.once("close", () => gone.abort(new DOMException("The client is gone", "AbortError")));
  let request: Request;
  try {
    request = toRequest(stream, fields, gone.signal);
  } catch {
    return sendWhole(stream, [[":status", "400"]], "");
  }
  try {
    await send(stream, checkAnswer(await http.fetch(request)), request.method);
  } catch (error) {
    if (!gone.signal.aborted) http.onError(error);
    if (stream.headersSent) stream.close(ErrorCode.InternalError);
    else sendWhole(stream, [[":status", "500"]], "");
  }
}

function sendWhole(stream: ServerHttp2Stream, fields: HeaderList, body: string): void {
  if (stream.destroyed) return;
  stream.respond(toHeadersObject(fields));
  stream.end(body);
  stream.resume(); // discards the rest of the request
}

/** Makes the request. Throws a `TypeError` if the Fetch standard has no such request. */
function toRequest(stream: ServerHttp2Stream, fields: HeaderList, signal: AbortSignal): Request {
  const [method = ""] = valuesOf(fields, ":method"), [path = ""] = valuesOf(fields, ":path");
  if (method === "TRACE" || method === "TRACK") throw new TypeError(`${method} cannot be fetched`);
  const [authority = valuesOf(fields, "host")[0] ?? ""] = valuesOf(fields, ":authority");
  if (!path.startsWith("/") || !/^[^\s/?#@\\,]+$/.test(authority)) throw new TypeError("no URL");
  const socket = stream.session?.socket;
  const scheme = socket === undefined ? "http" : schemeOf(socket);
  const headers = toHeaders(fields.filter(([name]) => !name.startsWith(":")));
  const hasBody = method !== "GET" && method !== "HEAD" && !stream.endAfterHeaders;
  if (!hasBody) stream.resume();
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers,
    signal,
    body: hasBody ? toBody(stream) : null,
    duplex: "half",
  };
  return new Request(`${scheme}://${authority}${path}`, init);
}

/** The body of a request: it reads only as much as is requested. */
function toBody(stream: ServerHttp2Stream): ReadableStream<Uint8Array> {
  let isDone = false;
  const once = (act: () => void) => (): void => {
    if (!isDone) act();
    isDone = true;
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stream.on("data", (chunk: Uint8Array) => {
        if (isDone) return;
        controller.enqueue(toOwnBytes(chunk));
        stream.pause();
      });
      stream.pause();
      stream.on("end", once(() => controller.close()));
      stream.on("close", once(() => controller.error(new TypeError("The client is gone"))));
    },
    pull: () => void stream.resume(),
    cancel() {
      isDone = true;
      stream.resume();
    },
  }, { highWaterMark: 0 });
}

async function send(stream: ServerHttp2Stream, response: Response, method: string): Promise<void> {
  const { status, headers, body } = response;
  if (stream.destroyed) return void body?.cancel().catch(() => {});
  stream.respond(toHeadersObject(refuseConnect({ status, headers: [...headers] })));
  if (body === null || method === "HEAD") {
    stream.end();
    stream.resume();
    return void body?.cancel().catch(() => {});
  }
  const reader = body.getReader();
  let onDrain = (): void => {};
  stream.on("drain", () => onDrain());
  stream.on("close", () => {
    reader.cancel().catch(() => {});
    onDrain();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (stream.destroyed) return;
    if (done) break;
    if (stream.write(value) || stream.destroyed) continue;
    await new Promise<void>((resolve) => onDrain = resolve);
  }
  stream.end();
}
