/** `node:cluster`: processes that share a port. @module */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe } from "node:test";
import { connect, type WebSocketConnection } from "../../../mod.ts";
import { ROOT } from "../../../scripts/lib/runtimes.ts";
import { causeCode, itEnds } from "../../helpers/connections.ts";
import { eventually } from "../../helpers/waiting.ts";

describe("a cluster", () => {
  itEnds("shares its port, loses what a dead worker had, and closes at SIGTERM", async () => {
    const child = spawn(process.execPath, [join(ROOT, "tests/helpers/clustered_server.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => said += text);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    try {
      await eventually("it listens", () => said.includes("listening"));
      const url = `ws://127.0.0.1:${/listening (\d+)/.exec(said)?.[1]}/`;
      const byWorker = new Map<number, WebSocketConnection[]>();
      for (let count = 0; count < 8; count++) {
        const connection = await connect(url);
        await connection.send("who?");
        const pid = Number(await connection.readText());
        byWorker.set(pid, [...byWorker.get(pid) ?? [], connection]);
      }
      assert.deepEqual([...byWorker.values()].map(({ length }) => length), [4, 4]);
      const [[dead, lost], [alive, kept]] = [...byWorker] as [
        [number, WebSocketConnection[]],
        [number, WebSocketConnection[]],
      ];
      process.kill(dead, "SIGKILL");
      for (const connection of lost) {
        const end = await connection.closed;
        assert.deepEqual([end.code, causeCode(end)], [1006, "ERR_TRANSPORT"]);
      }
      // Until then Node may hand a connection to the worker that is dead.
      await eventually("its end is known", () => said.includes(`ended ${dead}`));
      const next = await connect(url);
      await next.send("who?");
      assert.equal(await next.readText(), `${alive}`);
      child.kill("SIGTERM");
      for (const connection of [...kept, next]) {
        assert.equal((await connection.closed).code, 1001);
      }
      assert.equal(await ended, 0);
      assert.match(said, /closed 0/);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
