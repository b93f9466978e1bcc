/**
 * Sockets whose end came before they were handed over; on each runtime's `node:` modules.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { describe, it } from "node:test";
import type { CloseInfo } from "../../../mod.ts";
import { mount } from "../../../src/runtime/node/mount.ts";
import { transportOf } from "../../../src/runtime/node_builtins/socket_transport.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { request } from "../../contract/connection/host.ts";

/** Waits for an event, whatever errors come before. */
const heard = (socket: Duplex, event: string): Promise<void> =>
  new Promise((resolve) => void socket.once(event, () => resolve()));

const patience = { timeout: 60_000 } as const;

describe("a socket that was handed over late", () => {
  it("tells its close, with the cause, if it was closed before", patience, async () => {
    const socket = new PassThrough();
    socket.on("error", () => {});
    socket.destroy(new Error("reset"));
    await heard(socket, "close");
    const sink = new RecordingSink();
    transportOf(socket).sink = sink;
    await sink.until(() => sink.closes === 1);
    assert.equal((sink.cause as Error).message, "reset");
  });

  it("tells its end if the peer ended before", patience, async () => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    socket.push(null);
    socket.resume();
    await once(socket, "end");
    const sink = new RecordingSink();
    transportOf(socket).sink = sink;
    await sink.until(() => sink.ends === 1);
  });

  for (const how of ["resetAndDestroy", "end"] as const) {
    it(
      `a socket that was handed over late is told to the handler as closed, and leaves nothing behind (${how})`,
      patience,
      async () => {
        const ends: CloseInfo[] = [];
        const websockets = mount({}, { message() {}, close: (_, info) => void ends.push(info) });
        const server = createServer();
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
        client.on("error", () => {});
        client.write(request());
        const [incoming, socket, rest] = await once(server, "upgrade");
        socket.on("error", () => {});
        client[how]();
        await heard(socket.resume(), how === "end" ? "end" : "close");
        websockets.upgrade(incoming, socket, rest);
        await websockets.close({ timeoutMs: 200 });
        assert.equal(websockets.connections.size, 0);
        assert.equal(ends.length, 1);
        client.destroy();
        server.close();
      },
    );
  }
});
