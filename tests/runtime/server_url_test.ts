/** The URL and the port of a server. @module */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { IDLE } from "../helpers/idle_handler.ts";

describe("server.url", () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    it(`server.url is what connect takes, on ${hostname}`, async () => {
      const server = await serve({ hostname }, IDLE);
      const host = hostname.includes(":") ? `[${hostname}]` : hostname;
      assert.equal(server.url, `ws://${host}:${server.port}/`);
      await (await connect(server.url)).close();
      await server.close();
    });
  }

  it("names the path of a unix socket, whose port is 0", async () => {
    const path = join(tmpdir(), `fullduplex-${crypto.randomUUID()}.sock`);
    const server = await serve({ path }, IDLE);
    assert.deepEqual([server.url, server.port], [`ws+unix:${path}`, 0]);
    await (await connect(server.url)).close();
    await server.close();
  });
});
