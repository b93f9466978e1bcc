/**
 * Debian's proxies, with the user `user` and the password `p:ss w%rd`.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { type Daemon, startDaemon } from "./daemon.ts";
import { startHaproxy } from "./haproxy.ts";

/** User and password as a URL has them. */
export const CREDENTIALS = "user:p%3Ass%20w%25rd";
const PASSWORD = "p:ss w%rd";

/** A squid that wants user and password, and lets CONNECT through to any port. */
export function startSquid(): Promise<Daemon> {
  const hash = execFileSync("openssl", ["passwd", "-apr1", PASSWORD], { encoding: "utf8" }).trim();
  return startDaemon({
    file: "squid",
    // The name keeps the shared memory of several apart.
    arguments: (port, folder) => ["-N", "-n", `port${port}`, "-f", `${folder}/squid.conf`],
    files: (port, folder) => ({
      passwords: `user:${hash}\n`,
      "squid.conf": [
        `http_port 127.0.0.1:${port}`,
        `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/passwords`,
        "auth_param basic children 1",
        "acl known proxy_auth REQUIRED",
        "http_access allow known",
        "http_access deny all",
        "cache deny all",
        "access_log none",
        "cache_log /dev/null",
        "pid_filename none",
        "cache_effective_user proxy",
        "memory_cache_shared off",
        "shutdown_lifetime 0 seconds",
        `coredump_dir ${folder}`,
        "",
      ].join("\n"),
    }),
  });
}

/** A SOCKS 5 proxy that wants user and password. */
export function startMicrosocks(): Promise<Daemon> {
  return startDaemon({
    file: "microsocks",
    arguments: (port) => ["-i", "127.0.0.1", "-p", `${port}`, "-u", "user", "-P", PASSWORD],
  });
}

/**
 * HAProxy that ends TLS before a port of this machine: before a proxy it makes an `https:` proxy of
 * it.
 */
export function startSecureHaproxy(to: number): Promise<Daemon> {
  return startHaproxy({ to, mode: "tcp", tls: "" });
}
