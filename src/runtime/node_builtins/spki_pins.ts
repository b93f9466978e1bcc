/**
 * Pins of public keys (RFC 7469 section 2.4).
 *
 * @module
 */
import { createHash, X509Certificate } from "node:crypto";
import { WebSocketError } from "../../errors.ts";

/**
 * Throws `ERR_CERTIFICATE` unless the public key of a certificate (DER) is one of the pinned keys.
 */
export function checkPins(
  certificate: Uint8Array | undefined,
  pins: readonly string[],
): void {
  if (certificate === undefined) {
    throw new WebSocketError(
      "ERR_CERTIFICATE",
      "the server showed no certificate to compare with tls.pins",
    );
  }
  const spki = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  const pin = `sha256/${createHash("sha256").update(spki).digest("base64")}`;
  if (pins.includes(pin)) return;
  throw new WebSocketError(
    "ERR_CERTIFICATE",
    `the server's public key is ${pin}, which is not among tls.pins`,
  );
}
