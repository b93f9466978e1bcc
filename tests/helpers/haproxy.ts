/**
 * HAProxy with one port of its own before a port of this machine.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Daemon, startDaemon } from "./daemon.ts";

const readTls = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`tls/${name}`, import.meta.url)), "utf8");

/** How it takes and passes on. */
export interface HaproxyOptions {
  /** The port that it passes on to. */
  readonly to: number | string;
  readonly mode: "http" | "tcp";
  /** Words of the line `server`, such as `proto h2`. */
  readonly server?: string;
  /** Words of TLS behind the certificate, such as `alpn h2`; without TLS by default. */
  readonly tls?: string;
  /** Further lines of the defaults. */
  readonly defaults?: readonly string[];
}

/** Starts it on a free port of 127.0.0.1. */
export function startHaproxy(
  { to, mode, server = "", tls, defaults = [] }: HaproxyOptions,
): Promise<Daemon> {
  return startDaemon({
    file: "haproxy",
    arguments: (_port, folder) => ["-db", "-f", `${folder}/haproxy.cfg`],
    files: (port, folder) => ({
      "both.pem": readTls("cert.pem") + readTls("key.pem"),
      "haproxy.cfg": [
        "defaults",
        `  mode ${mode}`,
        ...defaults.map((line) => `  ${line}`),
        "  timeout connect 5s",
        "  timeout client 60s",
        "  timeout server 60s",
        "  timeout tunnel 60s",
        "listen web",
        `  bind 127.0.0.1:${port}${tls === undefined ? "" : ` ssl crt ${folder}/both.pem ${tls}`}`,
        `  server app 127.0.0.1:${to} ${server}`,
        "",
      ].join("\n"),
    }),
  });
}
