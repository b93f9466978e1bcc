/**
 * The way through a proxy.
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
  /** What is to be reached just now: the proxy, and then the destination. */
  showWhere(): string;
}

/** What a proxy may need to know besides. */
export interface ThroughOptions {
  /** Gives the addresses of the destination, for a proxy that does not look names up. */
  find(): Promise<readonly string[]>;
  /** Certificates to trust, for `https:` proxies. */
  readonly ca: TlsClientOptions["ca"];
}

/** The same destination, dialed by way of the proxy. */
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

/** An error that names the proxy, without user and password. */
function proxyError(
  proxy: Proxy,
  why: string,
  options: { status?: number; cause?: unknown },
): WebSocketError {
  return new WebSocketError("ERR_PROXY", `proxy ${showAuthority(proxy)}: ${why}`, options);
}
