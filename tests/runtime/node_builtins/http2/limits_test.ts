/** Limits of sessions and streams, and how a server with HTTP/2 closes. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import { connect as connectSocket } from "node:net";
import { describe, it } from "node:test";
import { serve, type ServeOptions, type WebSocketServer } from "../../../../mod.ts";
import { patience } from "../../../contract/connection/host.ts";
import { CONNECT_FIELDS } from "../../../helpers/http2_runtime.ts";
import { eventually } from "../../../helpers/waiting.ts";

async function withServer(
  options: ServeOptions,
  use: (server: WebSocketServer, open: () => Promise<http2.ClientHttp2Session>) => Promise<void>,
): Promise<void> {
  const server = await serve({ http2: true, onRefuse: () => {}, ...options }, { message() {} });
  const sessions: http2.ClientHttp2Session[] = [];
  const open = async (): Promise<http2.ClientHttp2Session> => {
    const session = http2.connect(server.url.replace("ws", "http"));
    session.on("error", () => {});
    sessions.push(session);
    await once(session, "remoteSettings");
    return session;
  };
  try {
    await use(server, open);
  } finally {
    for (const session of sessions) session.destroy();
    await server.close({ timeoutMs: 0 });
  }
}

/** Sends a request. Resolves to the status, or to how the stream ended without one. */
function ask(
  session: http2.ClientHttp2Session,
  fields: http2.OutgoingHttpHeaders,
): Promise<unknown> {
  const stream = session.request({ ...CONNECT_FIELDS, ...fields });
  stream.on("error", () => {});
  stream.resume();
  return new Promise((resolve) => {
    stream.once("response", (headers) => resolve(headers[":status"]));
    stream.once("close", () => resolve(`closed ${stream.rstCode}`));
  });
}

describe("a server of HTTP/2", () => {
  it(
    "answers every CONNECT with the status of its fault",
    patience,
    () =>
      withServer({}, async (_server, open) => {
        const session = await open();
        assert.equal(await ask(session, {}), 200);
        assert.equal(await ask(session, { ":protocol": "connect-udp" }), 501);
        assert.equal(await ask(session, { "sec-websocket-version": "8" }), 400);
        assert.equal(await ask(session, { origin: "http://evil.example" }), 403);
        assert.equal(await ask(session, { origin: "http://test" }), 200);
        const page = session.request({ ":path": "/" });
        const [headers] = await once(page, "response") as [http2.IncomingHttpHeaders];
        assert.deepEqual([headers[":status"], headers.allow], [405, "CONNECT"]);
        page.resume();
      }),
  );

  it(
    "refuses beyond maxConnections with 503 and Retry-After, and takes a stream when one has ended",
    patience,
    () =>
      withServer({ maxConnections: 1 }, async (server, open) => {
        const session = await open();
        const first = session.request(CONNECT_FIELDS);
        first.on("error", () => {});
        await once(first, "response");
        assert.equal(await ask(session, {}), 503);
        first.close(8);
        await eventually("no connection", () => server.connections.size === 0);
        assert.equal(await ask(session, {}), 200);
      }),
  );

  it(
    "tells GOAWAY when it closes, and lets open streams end their handshake",
    patience,
    () =>
      withServer({}, async (server, open) => {
        const session = await open();
        const stream = session.request(CONNECT_FIELDS);
        stream.on("error", () => {});
        await once(stream, "response");
        const goaway = once(session, "goaway");
        const frame = once(stream, "data");
        const closed = server.close({ timeoutMs: 5_000 });
        await goaway;
        stream.resume();
        const [close] = await frame as [Uint8Array];
        assert.deepEqual([close[0], close[2]! << 8 | close[3]!], [0x88, 1001]);
        stream.write(Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9));
        stream.end();
        await closed;
      }),
  );

  it(
    "drops a socket that does not say which version it speaks, after handshakeTimeoutMs",
    patience,
    () =>
      withServer({ handshakeTimeoutMs: 50 }, async ({ port }) => {
        for (const first of ["", "PRI * HT"]) {
          const socket = connectSocket(port, "127.0.0.1");
          socket.on("error", () => {});
          socket.write(first);
          socket.resume();
          await once(socket, "close");
        }
      }),
  );

  it(
    "closes a session without streams after handshakeTimeoutMs, and keeps one with a stream",
    patience,
    () =>
      withServer({ handshakeTimeoutMs: 1_000 }, async (_server, open) => {
        const idle = await open(), busy = await open();
        const stream = busy.request(CONNECT_FIELDS);
        stream.on("error", () => {});
        await once(stream, "response");
        await once(idle, "close");
        assert.equal(busy.closed, false);
      }),
  );

  it(
    "makes room for a session by one without streams, and refuses it if there is none",
    patience,
    () =>
      withServer({ http2: { maxSessions: 2 } }, async (_server, open) => {
        const idle = await open(), busy = await open();
        assert.equal(await ask(busy, {}), 200);
        const closed = once(idle, "close");
        const third = await open();
        await closed;
        assert.equal(await ask(third, {}), 200);
        const fourth = http2.connect(`http://127.0.0.1:${_server.port}`);
        fourth.on("error", () => {});
        await new Promise((resolve) => fourth.once("close", resolve));
        assert.equal(busy.closed, false);
      }),
  );

  it(
    "ends a session that resets its streams again and again (CVE-2023-44487)",
    patience,
    () =>
      withServer({}, async (server, open) => {
        const session = await open();
        const gone = new Promise((resolve) => session.once("close", resolve));
        let resets = 0;
        const flood = (): void => {
          for (let times = 0; times < 100 && !session.closed && !session.destroyed; times++) {
            const stream = session.request(CONNECT_FIELDS);
            stream.on("error", () => {});
            stream.close(8);
            resets++;
          }
          if (!session.destroyed && resets < 100_000) setTimeout(flood, 1);
        };
        flood();
        await gone;
        assert.ok(resets < 100_000, "the session went on");
        await eventually("no connection", () => server.connections.size === 0);
      }),
  );
});
