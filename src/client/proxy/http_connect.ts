/**
 * Opens a tunnel by the method CONNECT (RFC 9110 section 9.3.6).
 *
 * @module
 */
import type { ResponseHead } from "../../handshake/head.ts";
import type { TunnelPipe } from "../../transport/runtime.ts";
import { encodeBase64 } from "../../handshake/base64.ts";
import { HeadReader } from "../../handshake/http_head.ts";
import { writeRequest } from "../../handshake/write_head.ts";
import { showAuthority } from "../target.ts";
import type { Proxy } from "./choose.ts";

/** The destination of a tunnel, and the credentials for the proxy. */
export interface TunnelRequest {
  readonly hostname: string;
  readonly port: number;
  readonly credentials: Proxy["credentials"];
  /** Throws an error about the proxy. */
  fail(why: string, status?: number): never;
}

/** Asks an HTTP proxy for a tunnel. */
export async function openHttpTunnel(pipe: TunnelPipe, request: TunnelRequest): Promise<void> {
  const { credentials, fail } = request;
  const authority = showAuthority(request);
  const fields: (readonly [string, string])[] = [["Host", authority]];
  if (credentials !== null) {
    const bytes = new TextEncoder().encode(`${credentials.user}:${credentials.password}`);
    fields.push(["Proxy-Authorization", `Basic ${encodeBase64(bytes)}`]);
  }
  await pipe.write(writeRequest({ method: "CONNECT", target: authority, headers: fields }));
  const { status, statusText } = await readHead(pipe, request);
  if (status >= 200 && status < 300) return;
  const hint = status === 407
    ? credentials === null
      ? ": it asks for user and password"
      : ": it does not accept user and password"
    : "";
  fail(`answered ${status} ${statusText}`.trimEnd() + hint, status);
}

async function readHead(pipe: TunnelPipe, { fail }: TunnelRequest): Promise<ResponseHead> {
  const reader = new HeadReader({ kind: "response" });
  for (;;) {
    const chunk = await pipe.read();
    if (chunk === null) return fail("ended the transport before it answered");
    const progress = reader.push(chunk);
    if (progress.state === "more") continue;
    if (progress.state !== "response") return fail("does not speak HTTP");
    // The server behind a tunnel sends nothing first, so bytes behind the head are the body of a
    // refusal.
    const { status } = progress.head;
    if (status < 300 && progress.rest.length > 0) return fail("sent more than its answer");
    return progress.head;
  }
}
