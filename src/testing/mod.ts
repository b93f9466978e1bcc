/**
 * An in-memory pair of connections for tests of handlers. It needs no ports and no waiting. A test
 * can choose chunk sizes and delays, end one direction, and advance the clock.
 *
 * @example A read timeout of a minute, tested in no time
 * ```ts
 * import { pairConnections, VirtualClock } from "@fullduplex/websocket/testing";
 *
 * const clock = new VirtualClock();
 * const pair = await pairConnections({ message() {} }, { clock });
 * const late = pair.client.read({ timeoutMs: 60_000 }).catch((error) => error.name);
 * await clock.advance(60_000);
 * console.log(await late); // TimeoutError
 * await pair.client.close();
 * ```
 *
 * @module
 */
export type { Clock, TimerId } from "../clock.ts";
export type { AsyncDisposableLike } from "../disposable.ts";
export type { Transport, TransportSink } from "../transport/transport.ts";
export type { Address } from "../message.ts";
export {
  type ConnectionPair,
  type ConnectionPairOptions,
  pairConnections,
} from "./connection_pair.ts";
export { MemoryTransport, type PairOptions } from "./memory_transport.ts";
export { everyByte, random, sized, type Splitter, whole } from "./splitter.ts";
export {
  fakeWebSocketClass,
  type FakeWebSocketOptions,
  type SocketFault,
} from "./fake_websocket.ts";
export { settle } from "./settle.ts";
export { type ReplacedTimers, replaceTimers } from "./timers.ts";
export { VirtualClock } from "./virtual_clock.ts";
