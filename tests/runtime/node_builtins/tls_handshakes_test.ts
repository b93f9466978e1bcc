/**
 * TLS handshakes that never end; on each runtime's `node:tls`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { connect as connectTls, createServer, type Server } from "node:tls";
import type { HandshakeLimits } from "../../../src/transport/runtime.ts";
import {
  handshakeTimeoutOf,
  limitHandshakes,
} from "../../../src/runtime/node_builtins/tls_handshakes.ts";
import { ca, cert, key } from "../../helpers/tls/fixtures.ts";

const patience = { timeout: 60_000 } as const;

async function withServer(
  limits: HandshakeLimits,
  use: (open: () => Promise<Socket>, server: Server) => Promise<void>,
): Promise<void> {
  const server = createServer({ cert, key, handshakeTimeout: handshakeTimeoutOf(limits) });
  limitHandshakes(server, limits);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets: Socket[] = [];
  try {
    await use(async () => {
      const accepted = once(server, "connection");
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      sockets.push(socket.on("error", () => {}));
      await accepted;
      return socket;
    }, server);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.on("close", () => resolve()));

describe("a TLS handshake", () => {
  it(
    "a TLS handshake that says nothing is dropped in time, file and all",
    patience,
    () =>
      withServer({ handshakeTimeoutMs: 100 }, async (open) => {
        await closed((await open()).resume());
      }),
  );

  it(
    "a TLS handshake is dropped for a newer one when there are too many, the oldest first",
    patience,
    () =>
      withServer({ maxPendingUpgrades: 2 }, async (open) => {
        const first = await open(), second = await open();
        const end = closed(first.resume());
        await open();
        await end;
        assert.equal(second.destroyed, false);
      }),
  );

  it(
    "a TLS handshake that is over holds no place",
    patience,
    () =>
      withServer({ maxPendingUpgrades: 1 }, async (open, server) => {
        const secured = once(server, "secureConnection");
        const client = connectTls({ socket: await open(), ca, servername: "localhost" });
        await Promise.all([secured, once(client, "secureConnect")]);
        await open();
        const [socket] = await secured;
        client.write("a");
        assert.equal(String((await once(socket, "data"))[0]), "a");
        client.destroy();
      }),
  );
});
