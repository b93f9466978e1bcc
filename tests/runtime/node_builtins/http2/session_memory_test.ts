/** Sessions with more unsent bytes than `node:http2` allows them by default. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import { describe, it } from "node:test";
import { connect, serve, type WebSocketConnection } from "../../../../mod.ts";
import { patience } from "../../../contract/connection/host.ts";
import { CONNECT_FIELDS, portOf } from "../../../helpers/http2_runtime.ts";
import { comesToRest } from "../../../helpers/waiting.ts";

/** Bytes beyond which Node and Bun refuse further streams of a session by default. */
const DEFAULT_SESSION_MEMORY = 10_000_000;
/** Together 20 MiB. One connection may have 4 MiB. */
const UNREAD_CONNECTIONS = 10, UNREAD_BYTES = 2 * 1024 * 1024;

/** Waits until no more can be sent, and checks that what is left is more than the default. */
async function checkUnsent(connections: Iterable<WebSocketConnection>): Promise<void> {
  const unsent = (): number =>
    [...connections].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
  await comesToRest(unsent);
  assert.ok(unsent() > DEFAULT_SESSION_MEMORY, `${unsent()} bytes wait`);
}

describe("a session of HTTP/2 whose peer does not read", () => {
  it("has room for another connection to our server", patience, async () => {
    const server = await serve({ http2: true }, {
      open: (connection) => void connection.send(new Uint8Array(UNREAD_BYTES)),
    });
    const session = http2.connect(server.url.replace("ws:", "http:"));
    session.on("error", () => {});
    const open = async (): Promise<http2.ClientHttp2Stream> => {
      const stream = session.request(CONNECT_FIELDS, { endStream: false });
      await once(stream, "response"); // rejects if the stream is refused
      return stream;
    };
    try {
      await once(session, "remoteSettings");
      for (let n = 0; n < UNREAD_CONNECTIONS; n++) await open();
      await checkUnsent(server.connections);
      let received = 0;
      for await (const chunk of await open()) {
        received += chunk.length;
        if (received > UNREAD_BYTES) break;
      }
      assert.ok(received > UNREAD_BYTES);
    } finally {
      session.destroy();
      await server.close({ timeoutMs: 0 });
    }
  });

  it("has room for another connection of our client", patience, async () => {
    const server = http2.createServer({ settings: { enableConnectProtocol: true } });
    let sessions = 0;
    server.on("session", () => sessions++);
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.respond({ ":status": 200 });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const open = () => connect(`ws://127.0.0.1:${portOf(server)}`, { httpVersion: "2" });
    const connections: WebSocketConnection[] = [];
    try {
      while (connections.length < UNREAD_CONNECTIONS) {
        const connection = await open();
        connections.push(connection);
        void connection.send(new Uint8Array(UNREAD_BYTES));
      }
      await checkUnsent(connections);
      connections.push(await open());
      assert.equal(sessions, 1);
    } finally {
      for (const connection of connections) connection.abort();
      server.close();
    }
  });
});
