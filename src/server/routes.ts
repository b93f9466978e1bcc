/**
 * Chooses handlers by path.
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../handler.ts";
import { checkSpelling } from "../connection/check_spelling.ts";
import { compilePattern } from "./path_pattern.ts";

/** What a path leads to. */
export type Route = WebSocketHandler | HandlerProducer;

/** Path patterns and what they lead to. */
export type RouteTable = Readonly<Record<string, Route>>;

/**
 * Makes a {@linkcode HandlerProducer} from paths, in the syntax of `URLPattern`:
 * `"/echo"`, `"/chat/:room"`, `"/files/*"`. The first pattern that matches is taken; a
 * path that none matches is refused with 404.
 *
 * @throws {TypeError} if a pattern does not begin with `/` or a handler is malformed.
 *
 * @example
 * ```ts
 * import { routes, serve } from "@fullduplex/websocket";
 *
 * const server = await serve({}, routes({
 *   "/echo": { message: (connection, message) => connection.send(message) },
 *   "/chat/:room": (request) => ({
 *     open: (connection) => connection.send(`welcome to ${new URL(request.url).pathname}`),
 *   }),
 * }));
 * await server.close();
 * ```
 */
export function routes(table: RouteTable): HandlerProducer {
  const compiled = Object.entries(table).map(([pattern, route]) => ({
    pattern: compilePattern(pattern),
    route: typeof route === "function" ? route : checkSpelling(route),
  }));
  return (request, protocols) => {
    const { pathname } = new URL(request.url);
    const found = compiled.find(({ pattern }) => pattern.match(pathname) !== null);
    if (found === undefined) return new Response("no such path\n", { status: 404 });
    return typeof found.route === "function" ? found.route(request, protocols) : found.route;
  };
}

/**
 * Values of the named parts of a pattern (`:room`), decoded; `null` when the path does not match.
 *
 * @throws {TypeError} if the pattern does not begin with `/`.
 */
export function matchPath(pattern: string, request: Request): Record<string, string> | null {
  return compilePattern(pattern).match(new URL(request.url).pathname);
}
