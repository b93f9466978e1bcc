/** Servers behind a load balancer that sends PROXY headers. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { describe, it } from "node:test";
import { serve } from "../../mod.ts";
import type { RefusedUpgrade } from "../../src/public.ts";
import { IDLE } from "../helpers/idle_handler.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

async function send(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = connectTcp(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => text += new TextDecoder().decode(chunk));
  socket.on("error", () => {});
  await once(socket, "connect");
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => setImmediate(resolve)); // in a packet of its own
  }
  await Promise.race([once(socket, "data"), once(socket, "close")]).catch(() => {}); // a reset
  socket.destroy();
  return text;
}

describe("proxyProtocol", { timeout: 60_000 }, () => {
  it("tells the client's address by version 1 and 2, in whatever packets", async () => {
    const seen: unknown[] = [];
    const server = await serve({ proxyProtocol: true }, (_request, _protocols, opening) => {
      seen.push(opening.remoteAddress);
      return {
        open: ({ remoteAddress, peerAddress }) => {
          seen.push(remoteAddress);
          assert.equal(peerAddress?.transport === "tcp" && peerAddress.hostname, "127.0.0.1");
        },
      };
    });
    const line = "PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n";
    const v2 = Uint8Array.from([
      ...[13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12],
      ...[192, 0, 2, 1, 192, 0, 2, 2, 0x13, 0x88, 1, 0xbb],
    ]);
    assert.match(await send(server.port, line + REQUEST), /^HTTP\/1\.1 101 /);
    assert.match(await send(server.port, ...line, REQUEST), /^HTTP\/1\.1 101 /);
    assert.match(await send(server.port, v2.subarray(0, 5), v2.subarray(5), REQUEST), / 101 /);
    const client = { transport: "tcp", hostname: "192.0.2.1", port: 5000 };
    assert.deepEqual(seen, Array(6).fill(client));
    await server.close({ timeoutMs: 100 });
  });

  it("drops a connection without the header, and tells the owner", async () => {
    const told: RefusedUpgrade[] = [];
    const onRefuse = (refused: RefusedUpgrade) => void told.push(refused);
    const server = await serve({ proxyProtocol: true, onRefuse }, IDLE);
    assert.equal(await send(server.port, REQUEST), "");
    assert.match(told[0]?.reason ?? "", /no PROXY header/);
    await server.close();
  });

  it("fails with ERR_NOT_SUPPORTED together with fetch", async () => {
    const options = { proxyProtocol: true, fetch: () => new Response() };
    await assert.rejects(serve(options, IDLE), { code: "ERR_NOT_SUPPORTED" });
  });
});
