/**
 * An HTTP server for the time of one test.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Address } from "../../src/message.ts";
import type {
  HandshakeLimits,
  HttpSink,
  ListenOptions,
  Runtime,
} from "../../src/transport/runtime.ts";
import { loadHttpListeners } from "./own_runtime.ts";

/** A server and where it is. */
export interface Served {
  readonly address: Address;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
}

/** Serves `sink` while `use` runs. */
export type WithHttp = (
  sink: Partial<HttpSink>,
  use: (served: Served) => Promise<void>,
  options?: ListenOptions & HandshakeLimits,
) => Promise<void>;

/** The HTTP servers of this runtime. */
export async function loadHttpServers(): Promise<[name: string, WithHttp][]> {
  const listeners = await loadHttpListeners();
  return listeners.map(([name, listenHttp]) => [
    name,
    (sink, use, options = {}) => serve({ listenHttp, sink, options }, use),
  ]);
}

async function serve(
  { listenHttp, sink, options }: {
    listenHttp: Runtime["listenHttp"];
    sink: Partial<HttpSink>;
    options: ListenOptions & HandshakeLimits;
  },
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const listener = await listenHttp(options, {
    fetch: () => new Response("fallback", { status: 426 }),
    upgrade: () => assert.fail("not asked for"),
    onError: () => {},
    ...sink,
  });
  const { address } = listener;
  try {
    const origin = address.transport === "tcp" ? `http://127.0.0.1:${address.port}` : "";
    await use({ address, origin });
  } finally {
    await listener.close(500);
  }
}
