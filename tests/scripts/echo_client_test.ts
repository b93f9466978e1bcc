import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { type Message, serve, type WebSocketHandler } from "../../mod.ts";
import { run } from "../../scripts/lib/process.ts";
import { startArguments } from "../../scripts/lib/runtimes.ts";
import { ownRuntimeName } from "../helpers/own_runtime_name.ts";

const kind = ownRuntimeName();

/** Runs the client against a server with this handler. */
async function runClient(handler: WebSocketHandler, ...flags: string[]) {
  const server = await serve({}, handler);
  try {
    assert.ok(server.address.transport === "tcp");
    const url = `ws://127.0.0.1:${server.address.port}/`;
    const client = [...startArguments(kind), "scripts/echo_client.ts", url, "--count", "50"];
    return await run({ file: process.execPath, arguments: [...client, ...flags] }, 60_000);
  } finally {
    await server.close();
  }
}

/** An echo that changes the thirtieth message. */
function changing(change: (message: Message) => Message): WebSocketHandler {
  let count = 0;
  return {
    message: (connection, message) => connection.send(++count === 30 ? change(message) : message),
  };
}

const echo: WebSocketHandler = { message: (connection, message) => connection.send(message) };

describe("echo_client", () => {
  for (const flags of [["--size", "0"], ["--text", "--in-flight", "8"], ["--size", "100000"]]) {
    it(`prints messages per second: ${flags.join(" ")}`, async () => {
      const { code, output, errors } = await runClient(echo, ...flags);
      assert.equal(errors, "");
      assert.match(output, /^\d+ messages per second/);
      assert.equal(code, 0);
    });
  }

  it("exits with 1 when one byte differs", async () => {
    const { code, errors } = await runClient(changing((message) => {
      const changed = (message as Uint8Array).slice();
      changed[17] = changed[17]! ^ 1;
      return changed;
    }));
    assert.match(errors, /message 29 differs at 17/);
    assert.equal(code, 1);
  });

  it("exits with 1 when text comes back as binary", async () => {
    const { code } = await runClient(
      changing((text) => new TextEncoder().encode(`${text}`)),
      "--text",
    );
    assert.equal(code, 1);
  });

  it("exits with 1 when the server closes early", async () => {
    let count = 0;
    const { code, errors } = await runClient({
      message(connection, message) {
        if (++count === 30) connection.close(4001, "enough");
        else connection.send(message);
      },
    });
    assert.match(errors, /closed with 4001 "enough" after 29 messages/);
    assert.equal(code, 1);
  });
});
