/** A server that may open no more files: it goes on, accepts again, and says so once. @module */
import assert from "node:assert/strict";
import { connect as dial, type Socket } from "node:net";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { type ServerProcess, startServerProcess } from "../helpers/server_process.ts";

const FILES = 100, SOCKETS = 150;
const isWindows = process.platform === "win32"; // has no limit of files to set

describe("a server out of files", { skip: isWindows, timeout: 30_000 }, () => {
  let server: ServerProcess, first: WebSocketConnection;
  const sockets: Socket[] = [];

  before(async () => {
    server = await startServerProcess({
      file: "tests/runtime/out_of_files_server.ts",
      arguments: [],
      before: ["sh", "-c", `ulimit -n ${FILES}; exec "$@"`, "sh"],
    });
    first = await connect(`ws://127.0.0.1:${server.port}/`);
    for (let i = 0; i < SOCKETS; i++) {
      const socket = dial(server.port, "127.0.0.1");
      socket.on("error", () => {}); // Node resets those that it cannot accept
      sockets.push(socket);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  });

  after(async () => {
    first.abort();
    await server.kill();
  });

  it("goes on with the connections that it has", async () => {
    await first.send("");
    const [count = "", ...told] = (await first.readText({ timeoutMs: 5_000 }) ?? "").split(" ");
    // Node and Bun tell a program of no `accept` that failed.
    const isTold = process.versions.deno !== undefined;
    assert.equal(count, isTold ? "1" : "0");
    if (isTold) assert.match(told.join(" "), /too many open files/i);
  });

  it("accepts again when files are free", async () => {
    for (const socket of sockets) socket.destroy();
    const again = await connect(`ws://127.0.0.1:${server.port}/`, { handshakeTimeoutMs: 10_000 });
    await again.send("");
    assert.match(await again.readText({ timeoutMs: 5_000 }) ?? "", /^[01] /);
    again.abort();
  });
});
