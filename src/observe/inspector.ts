/**
 * The inspector: a page about a running server, which the application mounts.
 *
 * @module
 */
import { checkOptions, isType, isWhole } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Inspector } from "./inspection.ts";
import { makeInspectorPage } from "./inspector_page.ts";
import type { ObservableServer } from "./observe.ts";

/** Options of {@linkcode inspector}. */
export interface InspectorOptions {
  /**
   * Decides on each request, for example by a cookie or `Authorization`. It has no default, because
   * the page shows addresses and can close connections.
   */
  authorise(request: Request): boolean | Promise<boolean>;
  /**
   * Rows of the table.
   *
   * @default {20} They fit on one screen.
   */
  rows?: number;
}

const CHECKS: OptionChecks<InspectorOptions> = {
  authorise: isType("function"),
  rows: isWhole(1, 1_000),
};

/** Header fields of all answers. They forbid caching, framing, and loading from other origins. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/**
 * Makes a page that shows the state of a server: connections, messages and bytes a second, round
 * trips, held bytes, endings by cause, and the slowest and largest connections, each with a button
 * that closes it with 1001. While the page is open, up to 100 connections a second are pinged.
 *
 * @param server A server of `serve`, or a mount.
 * @returns A handler for `fetch`, for any path. It never rejects.
 * @throws {TypeError} if `authorise` is missing, or `server` is no server of this library.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { inspector } from "@fullduplex/websocket/observe";
 *
 * const server = await serve({}, { message: (connection, text) => connection.send(text) });
 * const page = inspector(server, {
 *   authorise: (request) => request.headers.get("authorization") === "Bearer secret",
 * });
 * const response = await page(new Request("http://localhost/inspector"));
 * console.log(response.status); // 403
 * await server.close();
 * ```
 */
export function inspector(
  server: ObservableServer,
  options: InspectorOptions,
): (request: Request) => Promise<Response> {
  checkOptions("inspector", options, CHECKS);
  const { rows = 20 } = options;
  if (options.authorise === undefined) {
    throw new TypeError("inspector: authorise, the function that decides who may look, is missing");
  }
  const inspected = new Inspector(server);
  return async (request) => {
    try {
      const isAllowed: unknown = await options.authorise(request);
      if (isAllowed !== true) return answer(403, "not allowed\n");
      const { searchParams } = new URL(request.url);
      if (request.method === "GET" || request.method === "HEAD") {
        return searchParams.has("data")
          ? Response.json(inspected.look(rows), { headers: HEADERS })
          : page();
      }
      if (request.method !== "POST") return answer(405, "GET or POST\n");
      return closeOne(inspected, request, Number(searchParams.get("close")));
    } catch {
      return answer(500, "internal error\n");
    }
  };
}

/** Closes a connection. The request needs a header that a page of another origin cannot send. */
function closeOne(inspected: Inspector, request: Request, id: number): Response {
  if (request.headers.get("x-inspector") !== "close") return answer(403, "not from the page\n");
  const connection = inspected.find(id);
  if (connection === null) return answer(404, "no such connection\n");
  connection.close(CloseCode.GoingAway, "closed by the operator").catch(() => {});
  return answer(202, "closing\n");
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: HEADERS });
}

function page(): Response {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy =
    `default-src 'none'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; ` +
    `frame-ancestors 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  const headers = {
    ...HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy,
  };
  return new Response(makeInspectorPage(nonce), { headers });
}
