/** What the example uses of Bun's types. @module */
import type {
  BunHttpServer,
  BunWebSocketData,
  BunWebSocketHandler,
} from "../../src/runtime/bun/mod.ts";

/** The global `Bun`. */
export interface BunServe {
  /** Starts an HTTP server. */
  serve(options: {
    hostname: string;
    port: number;
    fetch(
      request: Request,
      server: BunHttpServer<BunWebSocketData>,
    ): Response | Promise<Response | undefined>;
    websocket: BunWebSocketHandler<BunWebSocketData>;
  }): { readonly port: number; stop(): Promise<void> };
}
