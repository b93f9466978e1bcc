/**
 * Translates the flags of a client into options.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { ConnectOptions } from "../client/client.ts";
import type { TlsClientOptions } from "../transport/runtime.ts";
import { type Flags, readNumber, UsageError } from "./arguments.ts";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Options of a client that the flags can set. */
export interface FlagOptions extends ConnectOptions {
  readonly headers: [string, string][];
  readonly protocols: string[];
}

/** Reads the flags, and the files that they name. Throws a {@linkcode UsageError}. */
export async function toConnectOptions(flags: Flags): Promise<FlagOptions> {
  const tls = await toTlsOptions(flags);
  return {
    headers: flags.header.map(toHeader),
    protocols: flags.protocol,
    compression: flags.compress,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxRedirects: readNumber("redirects", flags.redirects, 0),
    proxy: flags.proxy ?? "env",
    ...flags.family === undefined ? {} : { family: toFamily(flags.family) },
    ...Object.keys(tls).length === 0 ? {} : { tls },
  };
}

async function toTlsOptions({ ca, cert, key, insecure }: Flags): Promise<TlsClientOptions> {
  return {
    ...ca === undefined ? {} : { ca: await readFile(ca, "utf8") },
    ...cert === undefined ? {} : { cert: await readFile(cert, "utf8") },
    ...key === undefined ? {} : { key: await readFile(key, "utf8") },
    ...insecure ? { dangerouslyAcceptAnyCertificate: true } : {},
  };
}

function toHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 1) throw new UsageError(`--header: must be "Name: value", not ${line}`);
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function toFamily(text: string): 4 | 6 {
  if (text === "4") return 4;
  if (text === "6") return 6;
  throw new UsageError(`--family: must be 4 or 6, not ${text}`);
}
