/**
 * A runtime that listens in memory, and raw peers that connect to it.
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../../src/handler.ts";
import type { ServeOptions } from "../../src/server/serve_options.ts";
import type { Listener, ListenOptions, Runtime } from "../../src/transport/runtime.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { startServer, type WebSocketServer } from "../../src/server/server.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { RawPeer, upgradeRequest } from "./raw_peer.ts";

/** A runtime that listens in memory. */
export class MemoryHost {
  readonly clock = new VirtualClock();
  listening = 0;
  #accept: (transport: Transport) => void = () => {};

  start(
    handler: WebSocketHandler | HandlerProducer,
    options: ServeOptions = {},
  ): Promise<WebSocketServer> {
    const runtime: Runtime = {
      name: "node",
      listen: (_options: ListenOptions, accept) => {
        this.#accept = accept;
        this.listening++;
        return Promise.resolve<Listener>({
          address: { transport: "tcp", hostname: "memory", port: 1 },
          close: () => {
            this.listening--;
            return Promise.resolve();
          },
        });
      },
      listenHttp: () => Promise.reject(new Error("in memory only")),
      dial: () => Promise.reject(new Error("in memory only")),
    };
    return startServer(
      { runtime, platform: testPlatform({ clock: this.clock }) },
      options,
      handler,
    );
  }

  async connect(request = upgradeRequest()): Promise<RawPeer> {
    const { client, server } = MemoryTransport.pair();
    this.#accept(server);
    const peer = new RawPeer(client, "client");
    peer.write(request);
    await settle();
    return peer;
  }
}
