/** An address that cannot be had is one error, in the same words on each runtime. @module */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { serve, type ServeOptions, WebSocketError } from "../../mod.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { cert, key } from "../helpers/tls/fixtures.ts";

const tls = { cert, key };
const fetch = (): Response => new Response("ordinary");
const MODES: Readonly<Record<string, ServeOptions>> = {
  "alone": {},
  "with tls": { tls },
  "with fetch": { fetch },
  "with tls and fetch": { tls, fetch },
  "with http2": { tls, http2: true },
};
/** Of TEST-NET-1 (RFC 5737), which no machine has. */
const FOREIGN = "192.0.2.1";

describe("serve on an address that it cannot have", () => {
  let folder: string;
  const others: Server[] = [];

  async function listen(place: { port: number; host: string } | { path: string }): Promise<Server> {
    const server = createServer();
    others.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(place, resolve);
    });
    return server;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "fd-"));
  });

  after(async () => {
    for (const server of others) server.close();
    await rm(folder, { recursive: true });
  });

  async function rejects(options: ServeOptions, message: string): Promise<void> {
    await assert.rejects(serve(options, IDLE), (error: unknown) => {
      assert.ok(error instanceof WebSocketError, `${error}`);
      assert.deepEqual([error.code, error.message], ["ERR_LISTEN", message]);
      assert.ok(error.cause instanceof Error && !(error.cause instanceof WebSocketError));
      return true;
    });
  }

  for (const [mode, options] of Object.entries(MODES)) {
    it(`names the port that is in use, ${mode}`, async () => {
      const address = (await listen({ port: 0, host: "127.0.0.1" })).address();
      assert.ok(typeof address === "object" && address !== null);
      const { port } = address;
      const message = `cannot listen on 127.0.0.1:${port}: the address is in use (EADDRINUSE)`;
      await rejects({ ...options, port }, message);
    });

    it(`names the address that is another machine's, ${mode}`, () => {
      // Deno's node:net, on which its HTTP/2 stands, tells EINVAL for EADDRNOTAVAIL (2.9.6).
      const why = "Deno" in globalThis && options.http2
        ? "this machine cannot bind the address (EINVAL)"
        : "this machine does not have the address (EADDRNOTAVAIL)";
      return rejects(
        { ...options, hostname: FOREIGN, port: 8080 },
        `cannot listen on 192.0.2.1:8080: ${why}`,
      );
    });
  }

  for (const mode of ["alone", "with fetch"]) {
    const options = MODES[mode];

    it(`names the host that has no address, ${mode}`, () =>
      rejects(
        { ...options, hostname: "no-such-host.invalid", port: 8080 },
        "cannot listen on no-such-host.invalid:8080: no such host (ENOTFOUND)",
      ));

    it(`names the path that is in use, ${mode}`, async () => {
      const path = join(folder, `${mode}.sock`);
      await listen({ path });
      await rejects(
        { ...options, path },
        `cannot listen on ${path}: the path is in use (EADDRINUSE)`,
      );
    });

    it(`names the path that is a file, ${mode}`, async () => {
      const path = join(folder, `${mode}.txt`);
      await writeFile(path, "");
      await rejects(
        { ...options, path },
        `cannot listen on ${path}: the path is in use (EADDRINUSE)`,
      );
    });

    it(`names the path without a folder, ${mode}`, () => {
      const path = join(folder, "none", "a.sock");
      return rejects(
        { ...options, path },
        `cannot listen on ${path}: its folder does not exist (ENOENT)`,
      );
    });

    it(`names the path whose folder is a file, ${mode}`, async () => {
      const file = join(folder, `${mode}.folder`), path = join(file, "a.sock");
      await writeFile(file, "");
      await rejects(
        { ...options, path },
        `cannot listen on ${path}: its folder is a file (ENOTDIR)`,
      );
    });

    it(`names the path that is too long, ${mode}`, () => {
      const path = join(folder, "x".repeat(200));
      return rejects(
        { ...options, path },
        `cannot listen on ${path}: the path is too long for a socket, or malformed (EINVAL)`,
      );
    });
  }
});
