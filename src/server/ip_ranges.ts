/**
 * IP addresses and ranges of them, for lists of trusted proxies.
 *
 * @module
 */

/**
 * The bytes of an address: 4 for IPv4, 16 for IPv6. IPv4 in IPv6 (`::ffff:1.2.3.4`) counts as IPv4.
 */
export type IpBytes = readonly number[];

/**
 * Parses an address. Returns `null` if the text is no address. A zone (`%eth0`) and brackets are
 * ignored.
 */
export function parseIp(text: string): IpBytes | null {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  if (!bare.includes(":")) return parseIpv4(bare);
  const bytes = parseIpv6(bare);
  if (bytes === null) return null;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 &&
    bytes[11] === 255;
  return isMapped ? bytes.slice(12) : bytes;
}

function parseIpv4(text: string): IpBytes | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((byte) => byte <= 255) ? parts : null;
}

function parseIpv6(text: string): IpBytes | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const [, before = "", last = ""] = dotted, [a = 0, b = 0, c = 0, d] = parseIpv4(last) ?? [];
    if (d === undefined) return null;
    return parseIpv6(`${before}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [left = [], right = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

/** Returns whether an address lies in a range. */
export type IpRange = (address: IpBytes) => boolean;

/**
 * Parses an address or a range, for example `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`. Returns
 * `null` if the text is neither.
 */
export function parseIpRange(text: string): IpRange | null {
  const [, start = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const range = parseIp(start);
  if (range === null) return null;
  const bits = length === undefined ? range.length * 8 : Number(length);
  if (bits > range.length * 8) return null;
  return (address) => address.length === range.length && sharesBits(address, range, bits);
}

function sharesBits(a: IpBytes, b: IpBytes, bits: number): boolean {
  return a.every((byte, index) => {
    const counted = Math.min(Math.max(bits - index * 8, 0), 8);
    return ((byte ^ b[index]!) >> (8 - counted)) === 0;
  });
}
