/**
 * Chooses handlers by path.
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../handler.ts";
import { describe } from "../options.ts";
import { checkSpelling } from "../connection/check_spelling.ts";
import { compilePattern } from "./path_pattern.ts";

/** A handler, or a function that chooses one. */
export type Route<Context = unknown> = WebSocketHandler<Context> | HandlerProducer<Context>;

/** Path patterns, each with its route. */
export type RouteTable<Context = unknown> = Readonly<Record<string, Route<Context>>>;

/**
 * A producer that chooses the handler by path. A path that no pattern matches is refused with 404.
 */
export interface Routes<Context = unknown> extends HandlerProducer<Context> {
  /** Whether a pattern matches the path. A mount leaves the sockets of other paths alone. */
  matches(pathname: string): boolean;
}

/**
 * Makes a {@linkcode HandlerProducer} from paths, in the syntax of `URLPattern`: `"/echo"`,
 * `"/chat/:room"`, `"/files/*"`. The first matching pattern is used. A path that no pattern matches
 * is refused with 404.
 *
 * @throws {TypeError} if `table` is no object, a pattern does not begin with `/` or a handler is
 *   malformed.
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
export function routes<Context = unknown>(table: RouteTable<Context>): Routes<Context> {
  if (typeof table !== "object" || table === null) {
    throw new TypeError(
      `routes: must be given an object of paths and handlers, not ${describe(table)}`,
    );
  }
  const compiled = Object.entries(table).map(([pattern, route]) => ({
    pattern: compilePattern(pattern),
    route: typeof route === "function" ? route : checkRoute(pattern, route),
  }));
  const find = (pathname: string) =>
    compiled.find(({ pattern }) => pattern.match(pathname) !== null)?.route;
  const choose: HandlerProducer<Context> = (request, protocols, opening) => {
    const route = find(new URL(request.url).pathname);
    if (route === undefined) return new Response("no such path\n", { status: 404 });
    return typeof route === "function" ? route(request, protocols, opening) : route;
  };
  return Object.assign(choose, { matches: (pathname: string) => find(pathname) !== undefined });
}

/** Checks a handler. Its error names the path. */
function checkRoute(pattern: string, handler: WebSocketHandler): WebSocketHandler {
  try {
    return checkSpelling(handler);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`routes: "${pattern}": ${error.message}`, { cause: error });
  }
}

/**
 * Matches a request's path with a pattern. Returns the decoded values of the named parts (`:room`),
 * or `null` if the path does not match.
 *
 * @throws {TypeError} if the pattern does not begin with `/`.
 */
export function matchPath(pattern: string, request: Request): Record<string, string> | null {
  return compilePattern(pattern).match(new URL(request.url).pathname);
}
