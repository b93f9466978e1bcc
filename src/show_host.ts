/**
 * How URLs and errors name a host.
 *
 * @module
 */

/** A host or an address, in brackets if it is of IPv6. */
export function showHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
