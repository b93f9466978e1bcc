/**
 * Connections over the platform's own `WebSocket`, to a server of ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { serve, type WebSocketServer } from "../../../mod.ts";
import type {
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../../../src/handler.ts";
import type { ConnectOptions } from "../../../src/client/client.ts";
import { connect } from "../../../src/runtime/web/mod.ts";

/** A server, and connections to it over the platform's own `WebSocket`. */
export interface Dialing {
  /** The server's end of the newest connection. */
  readonly newest: SendingConnection;
  readonly url: string;
  /** Connects to a server that runs this handler, or answers with this response. */
  dial(
    handler: WebSocketHandler | Response,
    options?: ConnectOptions,
  ): Promise<WebSocketConnection>;
}

/** Starts a server before the tests of a suite, and closes it after them. */
export function startDialing(): Dialing {
  let server: WebSocketServer;
  let newest: SendingConnection;
  let url: string;
  let choose: (path: string) => WebSocketHandler | Response;

  before(async () => {
    server = await serve({ allowedOrigins: "any", maxMessageBytes: 1 << 24 }, (request) => {
      const handler = choose(new URL(request.url).pathname);
      if (handler instanceof Response) return handler;
      return {
        ...handler,
        open(connection, request) {
          newest = connection;
          return handler.open?.(connection, request);
        },
      };
    });
    assert.ok(server.address.transport === "tcp");
    url = `ws://127.0.0.1:${server.address.port}`;
  });

  after(() => server.close());

  return {
    get newest() {
      return newest;
    },
    get url() {
      return url;
    },
    dial(handler, options = {}) {
      choose = () => handler;
      return connect(url, options);
    },
  };
}

/** Sends each message back. */
export const echo: WebSocketHandler = {
  message: (connection, message) => connection.send(message),
};
