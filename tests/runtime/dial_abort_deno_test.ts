/**
 * Dialing that is aborted in the TLS handshake. Deno 2.9.6 throws when a connection is closed
 * twice, and that error must not take the place of the signal's reason.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dial } from "../../src/runtime/deno/dial.ts";
import { noopSink } from "../../src/transport/transport.ts";

describe("dial on Deno", { timeout: 60_000 }, () => {
  it("rejects with the reason of a signal that aborts the TLS handshake", async () => {
    const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 }), accepting = silent.accept();
    const aborter = new AbortController(), { signal } = aborter, reason = new Error("enough");
    const dialing = dial(
      { hostname: "127.0.0.1", port: silent.addr.port, tls: {}, signal },
      noopSink,
    );
    const rejected = assert.rejects(dialing, reason);
    const accepted = await accepting;
    await accepted.read(new Uint8Array(1_024)); // the handshake is under way
    aborter.abort(reason);
    await rejected;
    accepted.close();
    silent.close();
  });
});
