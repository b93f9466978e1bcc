/**
 * TLS options of a client, as Node and Bun name them.
 *
 * @module
 */
import type { DialTls } from "../../transport/runtime.ts";

/** Options that Node and Bun have in common; the server's name they spell differently. */
export interface CommonTlsOptions {
  ca: string | string[] | undefined;
  cert: string | undefined;
  key: string | undefined;
  rejectUnauthorized: boolean;
}

/** The options in common. */
export function toCommonTlsOptions(
  { ca, cert, key, dangerouslyAcceptAnyCertificate }: DialTls,
): CommonTlsOptions {
  return {
    ca: typeof ca === "string" ? ca : ca?.slice(),
    cert,
    key,
    // Explicit, because the environment variable NODE_TLS_REJECT_UNAUTHORIZED would override it.
    rejectUnauthorized: dangerouslyAcceptAnyCertificate !== true,
  };
}
