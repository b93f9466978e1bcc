/**
 * Formats hosts for URLs and error messages.
 *
 * @module
 */

/** Formats a host name or address. An IPv6 address gets brackets. */
export function showHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
