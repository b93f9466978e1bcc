/**
 * `ethers`: a JSON-RPC call, and a subscription to blocks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { websocketClass } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Ethers {
  WebSocketProvider: new (make: () => unknown, network?: unknown) => {
    getBlockNumber(): Promise<number>;
    getBalance(address: string): Promise<bigint>;
    on(event: "block", listener: (block: number) => void): Promise<unknown>;
    destroy(): Promise<void>;
  };
}
interface Call {
  readonly id: number;
  readonly method: string;
}

/** The answers of a node. */
const RESULTS: Readonly<Record<string, unknown>> = {
  eth_chainId: "0x1",
  eth_blockNumber: "0x10",
  eth_getBalance: "0x2a",
  eth_subscribe: "0xabc",
  eth_unsubscribe: true,
};

await runProgram(async () => {
  const { WebSocketProvider } = await loadPackage<Ethers>("ethers");
  let authorization: string | null = null;
  const url = await serveHere({
    open: (_connection, request) => {
      authorization = request.headers.get("authorization");
    },
    async message(connection, message) {
      const { id, method } = JSON.parse(String(message)) as Call;
      await connection.send(JSON.stringify({ jsonrpc: "2.0", id, result: RESULTS[method] }));
      if (method !== "eth_subscribe") return;
      const params = { subscription: "0xabc", result: { number: "0x11" } };
      await connection.send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params }));
    },
  });
  const Authorized = websocketClass({ headers: { Authorization: "Bearer 1234" } });
  const provider = new WebSocketProvider(() => new Authorized(url));
  assert.equal(await provider.getBlockNumber(), 16);
  assert.equal(await provider.getBalance(`0x${"00".repeat(20)}`), 42n);
  const blocks = new Values<number>();
  await provider.on("block", blocks.push);
  assert.equal(await blocks.next(), 17);
  assert.equal(authorization, "Bearer 1234");
  await provider.destroy();
});
