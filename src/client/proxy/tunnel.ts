/**
 * Connects through a proxy.
 *
 * @module
 */
import type { DialSettings, TlsClientOptions, TunnelPipe } from "../../transport/runtime.ts";
import { WebSocketError } from "../../errors.ts";
import { showAuthority, toDialTls } from "../target.ts";
import type { Proxy } from "./choose.ts";
import { openHttpTunnel } from "./http_connect.ts";
import { openSocksTunnel } from "./socks5.ts";

/** A host to connect to. */
export interface Destination extends DialSettings {
  readonly hostname: string;
  readonly port: number;
}

/** A destination behind a proxy. */
export interface ProxiedDestination extends Destination {
  /** Names the current target for error messages: first the proxy, then the destination. */
  showWhere(): string;
}

/** Options of {@linkcode throughProxy}. */
export interface ThroughOptions {
  /** Resolves the destination to addresses, for a proxy that does not resolve names. */
  find(): Promise<readonly string[]>;
  /** Certificates to trust, for `https:` proxies. */
  readonly ca: TlsClientOptions["ca"];
}

/** Makes the dial options that reach the destination through the proxy. */
export function throughProxy(
  proxy: Proxy,
  destination: Destination,
  { find, ca }: ThroughOptions,
): ProxiedDestination {
  const { hostname, port } = proxy;
  let isOpen = false;
  return {
    ...destination,
    hostname,
    port,
    showWhere: () => isOpen ? showAuthority(destination) : `proxy ${showAuthority(proxy)}`,
    tunnel: {
      hostname: destination.hostname,
      ...proxy.scheme === "https"
        ? { tls: toDialTls(hostname, ca === undefined ? {} : { ca }) }
        : {},
      async open(pipe) {
        try {
          await openTunnel(pipe, { proxy, destination, find });
          isOpen = true;
        } catch (error) {
          if (error instanceof WebSocketError) throw error;
          throw proxyError(proxy, "the transport was lost", { cause: error });
        }
      },
    },
  };
}

async function openTunnel(
  pipe: TunnelPipe,
  { proxy, destination, find }: {
    proxy: Proxy;
    destination: Destination;
    find: () => Promise<readonly string[]>;
  },
): Promise<void> {
  const { scheme, credentials } = proxy;
  const { hostname, port } = destination;
  const fail = (why: string, status?: number): never => {
    throw proxyError(proxy, why, status === undefined ? {} : { status });
  };
  if (scheme === "http" || scheme === "https") {
    return await openHttpTunnel(pipe, { hostname, port, credentials, fail });
  }
  const [address] = scheme === "socks5" ? await find() : [];
  return await openSocksTunnel(pipe, { hostname: address ?? hostname, port, credentials, fail });
}

/** Makes an error that names the proxy, without user and password. */
function proxyError(
  proxy: Proxy,
  why: string,
  options: { status?: number; cause?: unknown },
): WebSocketError {
  return new WebSocketError("ERR_PROXY", `proxy ${showAuthority(proxy)}: ${why}`, options);
}
