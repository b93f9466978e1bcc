/**
 * Debian's reverse proxies in front of a server on this machine, set up as `docs/behind_a_proxy.md`
 * says.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Daemon, startDaemon } from "./daemon.ts";
import { startHaproxy } from "./haproxy.ts";

const readTls = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`tls/${name}`, import.meta.url)), "utf8");

/** nginx; with TLS, and with the path `/app/` in front of the server's own. */
export function startNginx(
  to: number,
  { isSecure = false, forwardsHost = true }: {
    readonly isSecure?: boolean;
    readonly forwardsHost?: boolean;
  } = {},
): Promise<Daemon> {
  return startDaemon({
    file: "nginx",
    arguments: (_port, folder) => ["-p", folder, "-c", `${folder}/nginx.conf`, "-g", "daemon off;"],
    files: (port, folder) => ({
      "cert.pem": readTls("cert.pem"),
      "key.pem": readTls("key.pem"),
      "nginx.conf": `
        pid ${folder}/nginx.pid;
        error_log stderr;
        worker_processes 1;
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path ${folder}; proxy_temp_path ${folder};
          fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
          server {
            listen 127.0.0.1:${port}${isSecure ? " ssl" : ""};
            ${
        isSecure ? `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;` : ""
      }
            location /app/ {
              proxy_pass http://127.0.0.1:${to}/;
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection "upgrade";
              ${forwardsHost ? "proxy_set_header Host $http_host;" : ""}
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              ${forwardsHost ? "" : "proxy_set_header X-Forwarded-Host $http_host;"}
            }
          }
        }
      `,
    }),
  });
}

/** HAProxy, which adds `X-Forwarded-For`; or TCP with the PROXY protocol, version 2. */
export function startHaproxyBefore(to: number, mode: "http" | "proxy v2"): Promise<Daemon> {
  return mode === "http"
    ? startHaproxy({ to, mode, defaults: ["option forwardfor"] })
    : startHaproxy({ to, mode: "tcp", server: "send-proxy-v2" });
}

/** Caddy with its defaults. */
export function startCaddy(to: number): Promise<Daemon> {
  return startDaemon({
    file: "caddy",
    arguments: (
      _port,
      folder,
    ) => ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"],
    files: (port) => ({
      Caddyfile: `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy 127.0.0.1:${to}
}
`,
    }),
  });
}

/**
 * Apache with mod_proxy_wstunnel; with `servesPages` by mod_proxy_http, which takes both kinds of
 * requests.
 */
export function startApache(
  to: number,
  { servesPages = false }: { readonly servesPages?: boolean } = {},
): Promise<Daemon> {
  const pass = servesPages
    ? `ProxyPass / http://127.0.0.1:${to}/ upgrade=websocket`
    : `ProxyPass / ws://127.0.0.1:${to}/`;
  const modules = ["mpm_event", "authz_core", "proxy", "proxy_http", "proxy_wstunnel", "rewrite"];
  return startDaemon({
    file: "apache2",
    arguments: (_port, folder) => ["-f", `${folder}/apache.conf`, "-D", "FOREGROUND"],
    files: (port, folder) => ({
      "apache.conf": [
        ...modules.map((name) =>
          `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`
        ),
        "ServerName localhost",
        `Listen 127.0.0.1:${port}`,
        `PidFile ${folder}/apache.pid`,
        `DefaultRuntimeDir ${folder}`,
        `ErrorLog ${folder}/error.log`,
        "ProxyPreserveHost On",
        pass,
        "",
      ].join("\n"),
    }),
  });
}
