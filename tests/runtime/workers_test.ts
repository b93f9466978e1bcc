/** Servers and clients in worker threads, over `node:worker_threads` of each runtime. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { Worker } from "node:worker_threads";
import { connect, serve, type WebSocketServer } from "../../mod.ts";
import { causeCode, itEnds } from "../helpers/connections.ts";

const TEXT = "to the worker ".repeat(50);

/** A worker that serves, and what it said first. */
async function start(server: WebSocketServer): Promise<{ worker: Worker; url: string }> {
  const file = new URL("../helpers/serving_worker.ts", import.meta.url);
  const worker = new Worker(file, { workerData: { url: server.url } });
  const [{ url, answer }] = await once(worker, "message");
  assert.equal(answer, "from the worker ".repeat(50));
  return { worker, url };
}

function startMain(): Promise<WebSocketServer> {
  return serve({ compression: true }, {
    message: (connection, message) => connection.send(message),
  });
}

describe("worker threads", () => {
  itEnds("serve and connect beside the main thread, and close as it does", async () => {
    const main = await startMain();
    const workers = await Promise.all([start(main), start(main), start(main)]);
    for (const { worker, url } of workers) {
      const client = await connect(url, { compression: true });
      await client.send(TEXT);
      assert.equal(await client.readText(), TEXT);
      const told = once(worker, "message");
      worker.postMessage("close");
      assert.equal((await client.closed).code, 1001);
      assert.deepEqual((await told)[0], { drained: 1, forced: 0, code: 1000 });
      await worker.terminate();
    }
    await main.close();
  });

  itEnds("that are terminated are a loss for their peers, and nothing else", async () => {
    const main = await startMain();
    const { worker, url } = await start(main);
    const [client, other] = [await connect(url), await connect(main.url)];
    await worker.terminate();
    const end = await client.closed;
    assert.deepEqual([end.code, causeCode(end)], [1006, "ERR_TRANSPORT"]);
    await other.send("still here");
    assert.equal(await other.readText(), "still here");
    await other.close();
    assert.equal((await main.close({ timeoutMs: 30_000 })).forced, 0);
  });
});
