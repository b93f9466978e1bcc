/**
 * Loads HTTP/2 when it is first used, because most programs do not need `node:http2`.
 *
 * @module
 */
import type { Runtime } from "../../../transport/runtime.ts";

/** See `Runtime.listenHttp2`. */
export const listenHttp2Late: NonNullable<Runtime["listenHttp2"]> = async (options, sink) => {
  const { listenHttp2 } = await import("./server.ts");
  return await listenHttp2(options, sink);
};

/** See `Runtime.dialSession`. */
export const dialSessionLate: NonNullable<Runtime["dialSession"]> = async (options) => {
  const { dialSession } = await import("./client.ts");
  return await dialSession(options);
};
