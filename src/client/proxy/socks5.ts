/**
 * Opens a tunnel by SOCKS version 5 (RFC 1928), with user and password (RFC 1929).
 *
 * @module
 */
import type { TunnelPipe } from "../../transport/runtime.ts";
import { isAddress } from "../target.ts";
import type { TunnelRequest } from "./http_connect.ts";
import { toAddressBytes } from "./no_proxy.ts";

const VERSION = 5, NO_AUTHENTICATION = 0, USER_AND_PASSWORD = 2, CONNECT = 1;
const [IPV4, NAME, IPV6] = [1, 3, 4] as const;

/** Descriptions of the reply codes (RFC 1928 section 6). */
const REPLIES: readonly string[] = [
  "succeeded",
  "failed",
  "does not allow this connection",
  "found the network unreachable",
  "found the host unreachable",
  "was refused the connection",
  "gave up: TTL expired",
  "does not know CONNECT",
  "does not know this kind of address",
];

/** Asks a SOCKS proxy for a tunnel. */
export async function openSocksTunnel(pipe: TunnelPipe, request: TunnelRequest): Promise<void> {
  const { hostname, port, credentials, fail } = request;
  const reader = new ExactReader(pipe, request);
  const methods = credentials === null
    ? [NO_AUTHENTICATION]
    : [NO_AUTHENTICATION, USER_AND_PASSWORD];
  await pipe.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await reader.read(2);
  if (version !== VERSION) fail("does not speak SOCKS 5");
  if (method === USER_AND_PASSWORD && credentials !== null) {
    const user = counted(credentials.user, request),
      password = counted(credentials.password, request);
    await pipe.write(Uint8Array.of(1, ...user, ...password));
    const [, status] = await reader.read(2);
    if (status !== 0) fail("does not accept user and password");
  } else if (method !== NO_AUTHENTICATION) {
    fail(credentials === null ? "asks for user and password" : "does not know user and password");
  }
  const address = encodeHost(hostname, request);
  await pipe.write(Uint8Array.of(VERSION, CONNECT, 0, ...address, port >> 8, port & 0xff));
  const [, reply = 1, , kind = 0] = await reader.read(4);
  if (reply !== 0) fail(REPLIES[reply] ?? `answered with the reply ${reply}`);
  const [length = 0] = kind === NAME ? await reader.read(1) : [kind === IPV4 ? 4 : 16];
  await reader.read(length + 2); // skips the address that the proxy connects from
}

function encodeHost(hostname: string, request: TunnelRequest): readonly number[] {
  if (!isAddress(hostname)) return [NAME, ...counted(hostname, request)];
  const bytes = toAddressBytes(hostname);
  return [bytes.length === 4 ? IPV4 : IPV6, ...bytes];
}

function counted(text: string, { fail }: TunnelRequest): readonly number[] {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > 255) fail("takes no name, user or password of more than 255 bytes");
  return [bytes.length, ...bytes];
}

/** Reads exactly the requested number of bytes. */
class ExactReader {
  readonly #pipe: TunnelPipe;
  readonly #request: TunnelRequest;
  #held: number[] = [];

  constructor(pipe: TunnelPipe, request: TunnelRequest) {
    this.#pipe = pipe;
    this.#request = request;
  }

  async read(length: number): Promise<readonly number[]> {
    while (this.#held.length < length) {
      const chunk = await this.#pipe.read();
      if (chunk === null) return this.#request.fail("ended the transport before it answered");
      this.#held.push(...chunk);
    }
    return this.#held.splice(0, length);
  }
}
