/**
 * A round trip of every kind of message through the installed package, on the entry point
 * that is named: `echo.ts @fullduplex/websocket/node`.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

type Main = typeof import("@fullduplex/websocket");

const [specifier = "@fullduplex/websocket"] = process.argv.slice(2);
const { connect, serve }: Main = await import(specifier);

const server = await serve({ compression: true }, {
  message: (connection, message) => connection.send(message),
});
assert.ok(server.address.transport === "tcp");
const url = `ws://127.0.0.1:${server.address.port}/`;
for (const compression of [false, true]) {
  const connection = await connect(url, { compression });
  assert.equal(connection.extensions !== "", compression);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index * index);
  for (const message of ["", "żółć 🙂", new Uint8Array(0), bytes, "x".repeat(70_000)]) {
    await connection.send(message);
    assert.deepEqual(await connection.read(), message);
  }
  assert.ok(await connection.ping() >= 0);
  const { code, wasClean } = await connection.close();
  assert.deepEqual([code, wasClean], [1000, true]);
}
await server.close();
console.log("echoed");
