/**
 * The connections of each address, for the option `maxConnectionsPerAddress`. Without it one client
 * can hold all places of a server.
 *
 * @module
 */
import type { Address } from "../message.ts";
import { parseIp } from "./ip_ranges.ts";

/** Bytes of an IPv6 address that count as one client: a home or a host is given a /64 (RFC 6177). */
const IPV6_CLIENT_BYTES = 8;

/** Counts what addresses hold. `Holder` is an opening handshake, or a connection. */
export class AddressLimit<Holder extends object> {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  readonly #keys = new WeakMap<Holder, string>();

  /** At most `most` for each address. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes a place for an address; `false` when all of its places are taken. An address that is not
   * known, or a unix socket, has places without end.
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

  /** Gives the place back, if the holder has one. */
  release(holder: Holder): void {
    const key = this.#keys.get(holder);
    if (key === undefined) return;
    this.#keys.delete(holder);
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }
}

/** IPv4 as it is, also inside of IPv6; IPv6 by its network. */
function keyOf(address: Address | null): string | null {
  if (address?.transport !== "tcp") return null;
  const bytes = parseIp(address.hostname);
  if (bytes === null) return address.hostname;
  return bytes.slice(0, bytes.length === 4 ? 4 : IPV6_CLIENT_BYTES).join(".");
}
