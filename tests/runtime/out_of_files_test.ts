/** A server that may open no more files: it goes on, accepts again, and says so once. @module */
import assert from "node:assert/strict";
import { connect as dial, type Socket } from "node:net";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { eventually } from "../helpers/waiting.ts";
import { type ServerProcess, startServerProcess } from "../helpers/server_process.ts";

const FILES = 100, SOCKETS = 150;
const isWindows = process.platform === "win32"; // has no limit of files to set

for (const face of ["ws", "fetch"]) {
  describe(`a server (${face}) out of files`, { skip: isWindows, timeout: 90_000 }, () => {
    let server: ServerProcess, first: WebSocketConnection;
    const sockets: Socket[] = [];

    before(async () => {
      server = await startServerProcess({
        file: "tests/runtime/out_of_files_server.ts",
        arguments: [face],
        before: ["sh", "-c", `ulimit -n ${FILES}; exec "$@"`, "sh"],
      });
      first = await connect(`ws://127.0.0.1:${server.port}/`);
      for (let i = 0; i < SOCKETS; i++) {
        const socket = dial(server.port, "127.0.0.1");
        socket.on("error", () => {}); // Node resets those that it cannot accept
        sockets.push(socket);
      }
    });

    after(async () => {
      first.abort();
      await server.kill();
    });

    it("goes on with the connections that it has", async () => {
      let said: string | null = null;
      await eventually("onError is called", async () => {
        await first.send("");
        said = await first.readText({ timeoutMs: 20_000 });
        return said !== null && !said.startsWith("0 ");
      });
      assert.match(said ?? "", /^1 .*too many open files/i);
    });

    it("accepts again when files are free", async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      const again = await connect(`ws://127.0.0.1:${server.port}/`, { handshakeTimeoutMs: 40_000 });
      await again.send("");
      assert.match(await again.readText({ timeoutMs: 20_000 }) ?? "", /^1 /);
      again.abort();
    });
  });
}
