/**
 * Base64 (RFC 4648 section 4), for a nonce, a hash and credentials.
 *
 * @module
 */

import { decodeLatin1 } from "./latin1.ts";

/** Encodes bytes, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(decodeLatin1(bytes));
}
