/**
 * A server in memory that clients reach by dialing, and that can be down, restarted and cut off.
 *
 * @module
 */
import type { Clock } from "../../src/clock.ts";
import type { Runtime } from "../../src/transport/runtime.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import { answerPolicy } from "../../src/reconnecting/answers.ts";
import type { ReconnectHost } from "../../src/reconnecting/host.ts";
import { type ConnectOptions, startClient } from "../../src/client/client.ts";
import { Pings } from "../../src/framed/pings.ts";
import {
  resolveClosing,
  type ServerCloseOptions,
  type ServerCloseReport,
} from "../../src/server/closing_options.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { Upgrader } from "../../src/server/upgrader.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";

/** One network with one server. */
export class MemoryNetwork {
  readonly clock = new VirtualClock();
  /** Whether the server takes connections; else dialing is refused. */
  isUp = true;
  /** Raw answers to the next requests, in place of the handler's. */
  answers: string[] = [];
  /** The clients' ends of all transports, the oldest first. */
  readonly transports: MemoryTransport[] = [];
  dials = 0;
  /** Milliseconds that bytes are on their way. */
  delayMs = 0;
  #upgrader!: Upgrader;
  #upgrades!: TransportUpgrades;

  constructor(handler: WebSocketHandler | HandlerProducer) {
    this.restart(handler);
  }

  /** The server's open connections. */
  get connections(): readonly WebSocketConnection[] {
    return [...this.#upgrader.connections];
  }

  /** The server begins anew, without what it knew; its transports are lost. */
  restart(handler: WebSocketHandler | HandlerProducer): void {
    this.cut();
    const platform = testPlatform({ clock: this.clock });
    this.#upgrader = new Upgrader({ handler, options: {}, platform });
    this.#upgrades = new TransportUpgrades(this.#upgrader);
  }

  /** The server ends in good order. */
  close(options: ServerCloseOptions = {}): Promise<ServerCloseReport> {
    return this.#upgrader.close(resolveClosing(options));
  }

  /** All transports are lost. */
  cut(): void {
    for (const transport of this.transports) transport.lose();
  }

  /** One attempt of a client. */
  connect(url: string | URL, options: ConnectOptions): Promise<WebSocketConnection> {
    const runtime: Pick<Runtime, "dial"> = {
      dial: (_where, sink) => {
        this.dials++;
        if (!this.isUp) return Promise.reject(new Error("connection refused"));
        const { client, server } = MemoryTransport.pair({
          clock: this.clock,
          delayMs: this.delayMs,
        });
        client.sink = sink;
        this.transports.push(client);
        const answer = this.answers.shift();
        if (answer === undefined) this.#upgrades.accept(server, "http");
        else this.#answer(server, answer);
        return Promise.resolve(client);
      },
    };
    const platform = testPlatform({ clock: this.clock });
    return startClient({ runtime, platform }, url, options);
  }

  #answer(server: MemoryTransport, answer: string): void {
    const onChunk = (): void => {
      const bytes = new TextEncoder().encode(answer);
      server.write(bytes, 0, bytes.length);
      server.end();
    };
    server.sink = { onChunk, onEnd() {}, onDrain() {}, onClose() {} };
  }
}

/** The rest of a host: chance and signs that the test decides on. */
export interface TestHost extends ReconnectHost {
  readonly clock: Clock;
  /** How far the calendar is ahead of the timers. */
  sleptMs: number;
  /** The result of `random`. */
  chance: number;
  /** Gives a sign, as `online` of a browser. */
  sign(): void;
}

/** The surroundings of a client on a network in memory. */
export function makeTestHost(network: MemoryNetwork): TestHost {
  const { clock } = network;
  const listeners = new Set<() => void>();
  const host: TestHost = {
    sleptMs: 0,
    chance: 0.5,
    clock,
    connect: (url, options) => network.connect(url, options),
    wallNow: () => clock.now() + host.sleptMs,
    random: () => host.chance,
    listenForSigns(onSign) {
      listeners.add(onSign);
      return () => listeners.delete(onSign);
    },
    makePings: (pings) => new Pings(pings, clock),
    canClose: () => true,
    answers: answerPolicy,
    sign: () => listeners.forEach((listener) => listener()),
  };
  return host;
}
