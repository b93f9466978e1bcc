/**
 * Echoes over a transport in memory, on a server without observers: prints the nanoseconds for one.
 *
 *     in_memory.ts ROOT
 *
 * ROOT is the repository, or a copy of it without the hook of `./observe`.
 *
 * @module
 */
import process from "node:process";

const BATCH = 500, ROUNDS = 30, BATCHES = 100;
const [root = ""] = process.argv.slice(2);
const load = async <Module>(file: string): Promise<Module> => await import(`${root}/src/${file}`);
const { Upgrader } = await load<typeof import("../../../src/server/upgrader.ts")>(
  "server/upgrader.ts",
);
const { TransportUpgrades } = await load<
  typeof import("../../../src/server/transport_upgrades.ts")
>("server/transport_upgrades.ts");
const { MemoryTransport, testPlatform } = {
  ...await load<typeof import("../../../src/testing/memory_transport.ts")>(
    "testing/memory_transport.ts",
  ),
  ...await load<typeof import("../../../src/testing/connection_pair.ts")>(
    "testing/connection_pair.ts",
  ),
};

const REQUEST = new TextEncoder().encode(
  "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
);
const FRAME = [0x82, 0xc0, 1, 2, 3, 4, ...new Uint8Array(64)];
const FRAMES = Uint8Array.from(
  { length: FRAME.length * BATCH },
  (_, i) => FRAME[i % FRAME.length]!,
);
const ANSWER_BYTES = 66 * BATCH;

const upgrader = new Upgrader({
  handler: { message: (connection, message) => connection.send(message) },
  options: {},
  platform: testPlatform(),
});
const { client, server } = MemoryTransport.pair();
let received = 0;
client.sink = {
  onChunk: (chunk) => (received += chunk.length) > 0,
  onEnd() {},
  onDrain() {},
  onClose() {},
};
new TransportUpgrades(upgrader).accept(server, "http");
client.write(REQUEST, 0, REQUEST.length);
while (received === 0) await null;

let best = Infinity;
for (let round = 0; round < ROUNDS; round++) {
  const startedAt = performance.now();
  for (let batch = 0; batch < BATCHES; batch++) {
    const expected = received + ANSWER_BYTES;
    client.write(FRAMES, 0, FRAMES.length);
    while (received < expected) await null;
  }
  best = Math.min(best, (performance.now() - startedAt) * 1e6 / (BATCHES * BATCH));
}
console.log(best);
process.exit();
