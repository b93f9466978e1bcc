/**
 * The connections of each address, for the option `maxConnectionsPerAddress`. Without it one client
 * can use all connections of a server.
 *
 * @module
 */
import type { Address } from "../message.ts";
import { parseIp } from "./ip_ranges.ts";

/**
 * Bytes of an IPv6 address that identify a client, because a home or a host is given a /64 (RFC
 * 6177).
 */
const IPV6_CLIENT_BYTES = 8;

/** Counts the opening handshakes and connections of each address. `Holder` is either of them. */
export class AddressLimit<Holder extends object> {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  readonly #keys = new WeakMap<Holder, string>();

  /** Allows at most `most` for each address. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Counts a holder for an address. Returns `false` if the address has reached its limit. Unknown
   * addresses and unix sockets have no limit.
   */
  take(holder: Holder, address: Address | null): boolean {
    const key = keyOf(address);
    if (key === null) return true;
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#most) return false;
    this.#counts.set(key, count + 1);
    this.#keys.set(holder, key);
    return true;
  }

  /** Stops counting a holder, if it is counted. */
  release(holder: Holder): void {
    const key = this.#keys.get(holder);
    if (key === undefined) return;
    this.#keys.delete(holder);
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }
}

/**
 * The key of a client: the IPv4 address, even if it is inside of an IPv6 address, or the network of
 * an IPv6 address.
 */
function keyOf(address: Address | null): string | null {
  if (address?.transport !== "tcp") return null;
  const bytes = parseIp(address.hostname);
  if (bytes === null) return address.hostname;
  return bytes.slice(0, bytes.length === 4 ? 4 : IPV6_CLIENT_BYTES).join(".");
}
