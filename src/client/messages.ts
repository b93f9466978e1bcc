/**
 * Error messages of a client.
 *
 * @module
 */

/** Formats a URL without the parts that may be secret: user, password and query. */
export function showUrl({ protocol, host, pathname, search }: URL): string {
  const scheme = protocol.replace("http", "ws");
  return `${scheme}//${host}${pathname}${search === "" ? "" : "?..."}`;
}

/** Makes the message of an error from the URL and the reason. */
export function cannotConnect(url: URL, why: string): string {
  return `cannot connect to ${showUrl(url)}: ${why}`;
}
