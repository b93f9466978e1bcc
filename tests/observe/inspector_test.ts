/** The inspector page's answers. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inspection } from "../../src/observe/inspection.ts";
import { inspector } from "../../src/observe/mod.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { MemoryHost } from "../helpers/memory_host.ts";
import { untyped } from "../helpers/untyped.ts";

const URL_OF_PAGE = "http://localhost/inspector";
const look = async (page: (request: Request) => Promise<Response>): Promise<Inspection> =>
  await (await page(new Request(`${URL_OF_PAGE}?data`))).json();

describe("inspector", () => {
  itEnds(
    "shows a page that loads nothing from elsewhere and that no other page frames",
    async () => {
      const server = await new MemoryHost().start(IDLE);
      const page = inspector(server, { authorise: () => true });
      const response = await page(new Request(URL_OF_PAGE));
      const policy = response.headers.get("content-security-policy") ?? "";
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? assert.fail("no nonce");
      assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
      const html = await response.text();
      assert.ok(html.includes(`<script nonce="${nonce}">`));
      assert.doesNotMatch(html, /src=|https?:\/\//);
      const second = await page(new Request(URL_OF_PAGE));
      assert.notEqual(second.headers.get("content-security-policy"), policy);
    },
  );

  itEnds("answers 403 to all that authorise does not let in, and 500 when it throws", async () => {
    const server = await new MemoryHost().start(IDLE);
    for (
      const [authorise, status] of [
        [() => false, 403],
        [() => Promise.resolve(false), 403],
        [() => untyped<boolean>("yes"), 403],
        [() => assert.fail("thrown"), 500],
        [() => Promise.reject(new Error("rejected")), 500],
        [() => Promise.resolve(true), 200],
      ] as const
    ) {
      const page = inspector(server, { authorise });
      for (const query of ["", "?data"]) {
        assert.equal((await page(new Request(URL_OF_PAGE + query))).status, status);
      }
    }
  });

  itEnds("tells of the slowest and the largest connections", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE);
    const page = inspector(server, { authorise: () => true, rows: 2 });
    const peers = [await host.connect(), await host.connect(), await host.connect()];
    await look(page); // pings
    for (const [index, peer] of peers.entries()) {
      await host.clock.advance(10);
      peer.send(`1 000 1010 m 0000100 x00 x00 x00 x01`);
      await settle();
      assert.equal((await look(page)).roundTrips.count, index + 1);
    }
    const { active, slowest, largest } = await look(page);
    assert.deepEqual([active, largest.length], [3, 2]);
    assert.deepEqual(slowest.map(({ roundTripMs }) => roundTripMs), [30, 20]);
    assert.equal(slowest[0]!.path, "/chat");
  });

  itEnds("closes the connection of a number, and only for the page itself", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE);
    const page = inspector(server, { authorise: () => true });
    const peer = await host.connect();
    const { id } = (await look(page)).largest[0] ?? assert.fail("no row");
    const close = (id: number, headers = {}) =>
      page(new Request(`${URL_OF_PAGE}?close=${id}`, { method: "POST", headers }));
    const own = { "X-Inspector": "close" };
    assert.equal((await close(id)).status, 403);
    assert.equal((await close(id + 1, own)).status, 404);
    assert.deepEqual((await peer.frames()).filter((frame) => frame.startsWith("close")), []);
    assert.equal((await close(id, own)).status, 202);
    assert.deepEqual(await peer.frames(), ['close 1001 "closed by the operator"']);
    assert.equal((await page(new Request(URL_OF_PAGE, { method: "DELETE" }))).status, 405);
  });

  it("asks for authorise, and names options that are wrong", async () => {
    const server = await new MemoryHost().start(IDLE);
    const authorise = () => true;
    assert.throws(() => inspector(server, untyped({})), /^TypeError: inspector: authorise/);
    assert.throws(() => inspector(server, untyped({ authorise: 1 })), /^TypeError: authorise/);
    assert.throws(() => inspector(server, { authorise, rows: 0 }), /^RangeError: rows/);
    assert.throws(() => inspector(server, untyped({ authorise, row: 1 })), /unknown option "row"/);
    assert.throws(() => inspector(untyped({}), { authorise }), /^TypeError: observe: server must/);
  });
});
