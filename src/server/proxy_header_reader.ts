/**
 * Reads the PROXY header of one transport from chunks of any size.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../bytes.ts";
import { readProxyHeader } from "../handshake/proxy_header.ts";
import type { Address } from "../message.ts";

/** Most bytes of a header. Version 2 with any kind of address and extensions fits. */
const MAX_HEADER_BYTES = 4_096;

/** Takes chunks until the header is complete. */
export class ProxyHeaderReader {
  /** The address of the client in the header; `null` if it has none. */
  source: Address | null = null;
  #bytes: Uint8Array = EMPTY_BYTES;

  /**
   * Takes a chunk. Returns the bytes behind the header, `null` if the header is not complete, or
   * `"wrong"` if it is invalid.
   */
  push(chunk: Uint8Array): Uint8Array | "wrong" | null {
    const bytes = this.#bytes = concat([this.#bytes, chunk]);
    const header = readProxyHeader(bytes);
    if (header.state === "wrong") return "wrong";
    if (header.state === "more") return bytes.length > MAX_HEADER_BYTES ? "wrong" : null;
    this.source = header.source;
    this.#bytes = EMPTY_BYTES;
    return bytes.slice(header.length); // a copy, because it may be written into
  }
}
