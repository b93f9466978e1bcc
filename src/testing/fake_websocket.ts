/**
 * A `WebSocket` class whose sockets are connected to a handler in memory, for tests of code that
 * uses a `WebSocket`, for example through a client library.
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../handler.ts";
import type { UpgradeOptions } from "../server/upgrade_options.ts";
import type { Environment } from "../websocket/environment.ts";
import { openClient } from "../client/client.ts";
import { systemClock } from "../clock.ts";
import { TransportUpgrades } from "../server/transport_upgrades.ts";
import { Upgrader } from "../server/upgrader.ts";
import { OpeningTurns } from "../websocket/opening_turns.ts";
import { checkSocketOptions, type WebSocketOptions } from "../websocket/options.ts";
import { setSettings } from "../websocket/settings.ts";
import { EventLoopTasks } from "../websocket/tasks.ts";
import { WebSocket } from "../websocket/websocket.ts";
import { memoryRuntime, testPlatform } from "./connection_pair.ts";
import { checkOptions, isType } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { MemoryTransport, PAIR_CHECKS, type PairOptions } from "./memory_transport.ts";
import { checkServerOptions } from "./server_options.ts";
import { scheduleInMicrotasks } from "./microtask_tasks.ts";
import { whole } from "./splitter.ts";

/** A fault of one socket. */
export interface SocketFault {
  /**
   * - `"refuse"`: the connection is refused, as when no server listens.
   * - `"lose"`: the transport is reset.
   * - `"end"`: the server's side ends the transport without a Close.
   * - `"stall"`: nothing arrives on either side any more, and neither side gets an event.
   */
  readonly kind: "refuse" | "lose" | "end" | "stall";
  /**
   * Milliseconds on `clock` after the socket was made.
   *
   * @default {0}
   */
  readonly afterMs?: number;
}

/**
 * Options of {@linkcode fakeWebSocketClass}. Chunks, delay and clock are those of {@linkcode
 * PairOptions}.
 */
export interface FakeWebSocketOptions extends PairOptions {
  /** Options of the server's side. */
  server?: UpgradeOptions;
  /** Defaults of the options of all sockets, as in `websocketClass`. */
  defaults?: WebSocketOptions;
  /**
   * Chooses the fault of a socket; `null` for none.
   *
   * @param attempt 1 for the first socket of the class, 2 for the next.
   */
  faults?: (attempt: number, url: URL) => SocketFault | null;
}

const CHECKS: OptionChecks<FakeWebSocketOptions> = {
  ...PAIR_CHECKS,
  server: checkServerOptions,
  defaults: isType("object"),
  faults: isType("function"),
};

/**
 * Makes a `WebSocket` class whose sockets are connected to a handler in memory. It behaves like the
 * class of `./websocket`. Its events need no turn of the event loop: `clock.advance()` and
 * `settle()` wait for them. The timers of the tested code stay real; see {@linkcode replaceTimers}.
 *
 * @param handler The handler of the server's side, or a function that chooses one.
 * @param options Chunking, delay, clock, faults; all have defaults.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 *
 * @example A client that reconnects after its first connection was lost
 * ```ts
 * import { fakeWebSocketClass, VirtualClock } from "@fullduplex/websocket/testing";
 *
 * const clock = new VirtualClock();
 * const WebSocket = fakeWebSocketClass({
 *   message: (connection, message) => connection.send(message),
 * }, { clock, faults: (attempt) => attempt === 1 ? { kind: "lose", afterMs: 1_000 } : null });
 *
 * const codes: number[] = [];
 * const first = new WebSocket("ws://test/");
 * first.onclose = ({ code }) => codes.push(code);
 * await clock.advance(1_000);
 * console.log(codes); // [1006]
 * ```
 */
export function fakeWebSocketClass(
  handler: WebSocketHandler | HandlerProducer,
  options: FakeWebSocketOptions = {},
): typeof WebSocket {
  checkOptions("fakeWebSocketClass", options, CHECKS);
  const platform = testPlatform(options);
  const upgrader = new Upgrader({ handler, options: options.server ?? {}, platform });
  const upgrades = new TransportUpgrades(upgrader);
  let attempt = 0;
  const environment: Environment = {
    tasks: new EventLoopTasks(scheduleInMicrotasks),
    turns: new OpeningTurns(),
    async open(url, connectOptions, opening) {
      const fault = options.faults?.(++attempt, url) ?? null;
      const network = new Network(options, fault);
      if (fault?.kind !== "refuse") {
        upgrades.accept(network.server, url.protocol === "wss:" ? "https" : "http");
      }
      const runtime = memoryRuntime(network.client);
      const { dial } = runtime;
      runtime.dial = async (target, sink) => {
        await network.dialled;
        return await dial(target, sink);
      };
      return await openClient({ runtime, platform }, { url, options: connectOptions, opening });
    },
  };
  const Fake = class extends WebSocket {};
  Object.defineProperty(Fake, "name", { value: WebSocket.name });
  setSettings(Fake, { environment, defaults: checkSocketOptions(options.defaults ?? {}) });
  return Fake;
}

/** The transport of one socket, with its fault. */
class Network {
  readonly client: MemoryTransport;
  readonly server: MemoryTransport;
  /** Rejects if the fault is that the connection is refused. */
  readonly dialled: Promise<void>;
  #isStalled = false;

  constructor(
    { split = whole, clock = systemClock, ...options }: PairOptions,
    fault: SocketFault | null,
  ) {
    const stallable = {
      ...options,
      clock,
      split: (chunk: Uint8Array) => this.#isStalled ? [] : split(chunk),
    };
    const { client, server } = MemoryTransport.pair(stallable);
    this.client = client;
    this.server = server;
    const { kind, afterMs = 0 } = fault ?? {};
    this.dialled = kind !== "refuse" ? Promise.resolve() : new Promise((_resolve, reject) => {
      clock.after(afterMs, () => reject(new Error("connection refused")));
    });
    if (kind === "stall") clock.after(afterMs, () => this.#isStalled = true);
    if (kind === "lose") clock.after(afterMs, () => client.lose());
    if (kind === "end") clock.after(afterMs, () => server.end());
  }
}
