/**
 * How a client's errors name the place that it wanted to reach.
 *
 * @module
 */

/** A URL without what may be secret in it: user, password and query. */
export function showUrl({ protocol, host, pathname, search }: URL): string {
  const scheme = protocol.replace("http", "ws");
  return `${scheme}//${host}${pathname}${search === "" ? "" : "?..."}`;
}

/** The message of an error: where to, and why not. */
export function cannotConnect(url: URL, why: string): string {
  return `cannot connect to ${showUrl(url)}: ${why}`;
}
