/** The opening that a producer is given, and refusals that the owner is told. @module */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { RefusedUpgrade } from "../../src/server/refusal_report.ts";
import { itEnds } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";
import { IDLE } from "../helpers/idle_handler.ts";

describe("an opening", () => {
  itEnds("puts responseHeaders into the 101, each cookie on a line of its own", async () => {
    const server = new RawServer((_request, _protocols, { responseHeaders }) => {
      responseHeaders.append("Set-Cookie", "a=1");
      responseHeaders.append("Set-Cookie", "b=2");
      responseHeaders.set("X-Served-By", "one");
      return IDLE;
    });
    const peer = await server.ask(upgradeRequest());
    assert.match(peer.head ?? "", /^HTTP\/1\.1 101 /);
    assert.match(peer.head ?? "", /set-cookie: a=1\r\nset-cookie: b=2/i);
    assert.match(peer.head ?? "", /x-served-by: one/i);
  });

  itEnds(
    "an opening may not set the fields of the handshake: 500, and the owner is told",
    async () => {
      const errors: unknown[] = [];
      const server = new RawServer((_request, _protocols, { responseHeaders }) => {
        responseHeaders.set("Sec-WebSocket-Accept", "mine");
        return IDLE;
      }, { server: { onError: (error) => void errors.push(error) } });
      assert.match((await server.ask(upgradeRequest())).head ?? "", /^HTTP\/1\.1 500 /);
      assert.equal(errors.length, 1);
    },
  );
});

describe("onRefuse", () => {
  const refusing = () => {
    const told: RefusedUpgrade[] = [];
    return { told, onRefuse: (refused: RefusedUpgrade) => void told.push(refused) };
  };

  itEnds("onRefuse is told of a rule that a request breaks, with the request", async () => {
    const { told, onRefuse } = refusing();
    const server = new RawServer(IDLE, { server: { onRefuse } });
    await server.ask("GET /a?b HTTP/1.1\r\nHost: test\r\n\r\n");
    assert.equal(told.length, 1);
    assert.deepEqual([told[0]!.status, told[0]!.request?.url], [426, "http://test/a?b"]);
  });

  itEnds("onRefuse is told of a foreign origin, by both hosts and the option", async () => {
    const { told, onRefuse } = refusing();
    const server = new RawServer(IDLE, { server: { onRefuse } });
    const peer = await server.ask(upgradeRequest("Origin: https://other.example"));
    assert.equal(told[0]?.status, 403);
    for (const text of [told[0]!.reason, peer.body]) {
      assert.match(text, /https:\/\/other\.example.*Host is test/);
      assert.match(text, /allowedOrigins/);
      assert.match(text, /proxy_set_header Host \$http_host/);
    }
  });

  itEnds("onRefuse is told of what is no HTTP, without a request", async () => {
    const { told, onRefuse } = refusing();
    await new RawServer(IDLE, { server: { onRefuse } }).ask("SSH-2.0-x\r\n\r\n");
    assert.deepEqual([told[0]?.status, told[0]?.request], [400, null]);
  });

  itEnds(
    "onRefuse is told of a producer's Response, null, undefined, and of its error",
    async () => {
      for (
        const [produce, status] of [
          [() => new Response("", { status: 401 }), 401],
          [() => null, 400],
          [() => undefined, 404],
          [() => Promise.reject(new Error("no database")), 500],
        ] as const
      ) {
        const { told, onRefuse } = refusing();
        const server = new RawServer(produce, { server: { onRefuse, onError() {} } });
        await server.ask(upgradeRequest());
        assert.deepEqual(told.map(({ status }) => status), [status]);
      }
    },
  );

  itEnds("onRefuse is told of too many connections", async () => {
    const { told, onRefuse } = refusing();
    const server = new RawServer(IDLE, { server: { onRefuse, maxConnections: 0 } });
    const peer = await server.ask(upgradeRequest());
    assert.match(peer.head ?? "", /retry-after: 1/i);
    assert.deepEqual(told.map(({ status }) => status), [503]);
  });
});
