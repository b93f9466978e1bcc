/**
 * Reads `NO_PROXY` as curl does: names, which include their subdomains, addresses, networks, or
 * `*`.
 *
 * @module
 */
import { isAddress } from "../target.ts";

/** Whether a host (without brackets) is exempt from the proxy. */
export function matchesNoProxy(hostname: string, list: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (list.trim() === "*") return true;
  return list.split(/[\s,]+/).some((entry) => entry !== "" && matches(host, entry.toLowerCase()));
}

function matches(host: string, entry: string): boolean {
  const bare = entry.replace(/^\[|\]$/g, "");
  const [network = "", prefix] = bare.split("/", 2);
  const address = toBits(host);
  if (address !== null) {
    const other = toBits(network);
    if (other === null || other.length !== address.length) return false;
    const length = prefix === undefined ? address.length : Number(prefix);
    return address.slice(0, length) === other.slice(0, length);
  }
  const name = bare.replace(/^\./, "").replace(/\.$/, "");
  return name !== "" && (host === name || host.endsWith(`.${name}`));
}

/** Converts an address to a string of bits. Returns `null` for a name. */
function toBits(host: string): string | null {
  if (!isAddress(host)) return null;
  return toAddressBytes(host).map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** The 4 or 16 bytes of an address. */
export function toAddressBytes(address: string): readonly number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  return toGroups(address).flatMap((group) => [group >> 8, group & 0xff]);
}

/** The eight groups of an IPv6 address. */
function toGroups(host: string): readonly number[] {
  if (!URL.canParse(`http://[${host}]/`)) return [];
  // Converts an IPv4 tail to groups.
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [before = "", after] = canonical.split("::", 2);
  const read = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [left, right] = [read(before), read(after ?? "")];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}
