/**
 * Reads the PROXY header of one transport, whatever its chunks.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../bytes.ts";
import { readProxyHeader } from "../handshake/proxy_header.ts";
import type { Address } from "../message.ts";

/** Bytes before the header must be complete: version 2 with every kind of address and its extras fits. */
const MAX_HEADER_BYTES = 4_096;

/** Takes chunks until the header is there. */
export class ProxyHeaderReader {
  /** The client that the header names; `null` when it names none. */
  source: Address | null = null;
  #bytes: Uint8Array = EMPTY_BYTES;

  /** The bytes behind the header, `null` while more is needed, or `"wrong"`. */
  push(chunk: Uint8Array): Uint8Array | "wrong" | null {
    const bytes = this.#bytes = concat([this.#bytes, chunk]);
    const header = readProxyHeader(bytes);
    if (header.state === "wrong") return "wrong";
    if (header.state === "more") return bytes.length > MAX_HEADER_BYTES ? "wrong" : null;
    this.source = header.source;
    this.#bytes = EMPTY_BYTES;
    return bytes.slice(header.length); // of its own, because it may be written into
  }
}
