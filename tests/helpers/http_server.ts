/**
 * An HTTP server of `node_http.ts` for the time of one test.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Address, HttpSink, ListenOptions } from "../../src/connection/transport.ts";
import { listenHttp } from "../../src/runtime/node_http.ts";

/** A server and where it is. */
export interface Served {
  readonly address: Address;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
}

/** Serves `sink` while `use` runs. */
export async function withHttp(
  sink: Partial<HttpSink>,
  use: (served: Served) => Promise<void>,
  options: ListenOptions = {},
): Promise<void> {
  const listener = await listenHttp(options, {
    fetch: () => new Response("fallback", { status: 426 }),
    upgrade: () => assert.fail("not asked for"),
    ...sink,
  });
  const { address } = listener;
  try {
    const origin = address.transport === "tcp" ? `http://127.0.0.1:${address.port}` : "";
    await use({ address, origin });
  } finally {
    await listener.close();
  }
}
