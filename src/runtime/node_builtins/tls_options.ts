/**
 * TLS options of a client, as Node and Bun name them.
 *
 * @module
 */
import type { DialTls } from "../../transport/runtime.ts";

/**
 * Options that Node and Bun have in common. Only the option for the server's name is spelled
 * differently.
 */
export interface CommonTlsOptions {
  ca: string | string[] | undefined;
  cert: string | undefined;
  key: string | undefined;
  rejectUnauthorized: boolean;
}

/** Makes the common options. */
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
