/**
 * Certificates for tests, made by `make.sh`.
 *
 * @module
 */
import { readFileSync } from "node:fs";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Certificate chain of `localhost`, `127.0.0.1` and `::1`, PEM. */
export const cert: string = read("cert.pem");
/** Private key of {@linkcode cert}, PEM. */
export const key: string = read("key.pem");
/** The authority that signed {@linkcode cert}, PEM. */
export const ca: string = read("ca.pem");
/** An authority that signed nothing, PEM. */
export const otherCa: string = read("other_ca.pem");
/** Like {@linkcode cert}, but no longer valid. */
export const expiredCert: string = read("expired_cert.pem");
/** Like {@linkcode cert}, but for `example.com` alone. */
export const otherNameCert: string = read("other_name_cert.pem");
/** Like {@linkcode cert}, but signed by its own key. */
export const selfSignedCert: string = read("self_signed_cert.pem");
