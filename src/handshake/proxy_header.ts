/**
 * The header of the PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt, sections 2.1
 * and 2.2): a proxy sends it before the first byte of its client.
 *
 * @module
 */
import type { Address } from "../message.ts";

/** The result of reading the bytes that have arrived so far. */
export type ProxyHeader =
  | { readonly state: "more" }
  | { readonly state: "wrong" }
  | {
    readonly state: "read";
    /** Bytes of the header. */
    readonly length: number;
    /** The client's address, or `null` if the connection is the proxy's own (a health check). */
    readonly source: Address | null;
  };

const MORE: ProxyHeader = { state: "more" }, WRONG: ProxyHeader = { state: "wrong" };
/** Bytes of the longest header of version 1, with its line end. */
const MAX_V1_BYTES = 107;
const SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
const FIXED_BYTES = 16;

/** Reads the header from the beginning of `bytes`. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (bytes.length === 0) return MORE;
  return bytes[0] === SIGNATURE[0] ? readBinary(bytes) : readLine(bytes);
}

/** Version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443` and a line end. */
function readLine(bytes: Uint8Array): ProxyHeader {
  const text = String.fromCharCode(...bytes.subarray(0, MAX_V1_BYTES));
  const end = text.indexOf("\r\n");
  if (end < 0) {
    const begins = text.startsWith("PROXY ".slice(0, text.length));
    return begins && text.length < MAX_V1_BYTES ? MORE : WRONG;
  }
  const [word, family, hostname = "", , port = "", ...others] = text.slice(0, end).split(" ");
  const length = end + 2;
  if (word !== "PROXY") return WRONG;
  if (family === "UNKNOWN") return { state: "read", length, source: null };
  const isAddress = family === "TCP4"
    ? /^\d{1,3}(?:\.\d{1,3}){3}$/.test(hostname)
    : family === "TCP6" && /^[0-9a-f:.]+$/i.test(hostname);
  // Four parts behind the family: two addresses, two ports.
  const ports = [port, ...others];
  if (!isAddress || ports.length !== 2 || !ports.every((each) => /^\d{1,5}$/.test(each))) {
    return WRONG;
  }
  return { state: "read", length, source: { transport: "tcp", hostname, port: Number(port) } };
}

/** Version 2: a signature, version and command, family, length, then the addresses. */
function readBinary(bytes: Uint8Array): ProxyHeader {
  const known = bytes.subarray(0, SIGNATURE.length);
  if (!known.every((byte, index) => byte === SIGNATURE[index])) return WRONG;
  if (bytes.length < FIXED_BYTES) return MORE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const command = view.getUint8(12), family = view.getUint8(13), rest = view.getUint16(14);
  if (command !== 0x20 && command !== 0x21) return WRONG;
  const length = FIXED_BYTES + rest;
  if (bytes.length < length) return MORE;
  if (command === 0x20 || family === 0) return { state: "read", length, source: null }; // LOCAL
  if (family === 0x11 && rest >= 12) {
    const hostname = Array.from({ length: 4 }, (_, i) => view.getUint8(16 + i)).join(".");
    return { state: "read", length, source: tcp(hostname, view.getUint16(24)) };
  }
  if (family === 0x21 && rest >= 36) {
    const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(16 + 2 * i).toString(16));
    return { state: "read", length, source: tcp(groups.join(":"), view.getUint16(48)) };
  }
  // UNIX and UDP: the transport's own address is used.
  return { state: "read", length, source: null };
}

function tcp(hostname: string, port: number): Address {
  return { transport: "tcp", hostname, port };
}
