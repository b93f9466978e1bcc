/**
 * The connection suite on a `node:http2` server of somebody else's, on each runtime's `node:http2`.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import { describe, it } from "node:test";
import { connect } from "../../../mod.ts";
import { mount } from "../../../src/runtime/node/mount.ts";
import { connectionSuite } from "../../contract/connection_suite.ts";
import { patience } from "../../contract/connection/host.ts";
import { CONNECT_FIELDS, portOf } from "../../helpers/http2_runtime.ts";
import { ca, cert, key } from "../../helpers/tls/fixtures.ts";
import { eventually } from "../../helpers/waiting.ts";
import { RawClient } from "../../helpers/raw_http.ts";

const SETTINGS = { settings: { enableConnectProtocol: true } };

connectionSuite("a mount on node:http2", async (options, handler) => {
  const mounted = mount(options, handler);
  const server = http2.createSecureServer({ ...SETTINGS, cert, key, allowHTTP1: true });
  server.on("stream", mounted.stream);
  server.on("upgrade", mounted.upgrade);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  return {
    connections: mounted.connections,
    connect: (path = "/", more) =>
      connect(`wss://127.0.0.1:${port}${path}`, { tls: { ca }, httpVersion: "2", ...more }),
    openRaw: () => new RawClient({ transport: "tcp", hostname: "127.0.0.1", port }, { tls: true }),
    async close(closeOptions) {
      await mounted.close(closeOptions);
      server.close();
    },
  };
}, { answersHttp: false });

describe("a mount on a node:http2 server that answers requests, too", () => {
  it(
    "takes the streams of its `connect` events, with a context, and leaves requests alone",
    patience,
    async () => {
      const mounted = mount<string>({ match: "/chat" }, {
        open: (connection) =>
          void connection.send(`${connection.context} ${connection.httpVersion}`),
      });
      const server = http2.createServer(SETTINGS, (_request, response) => response.end("ordinary"));
      const taken: Promise<boolean>[] = [];
      server.on("connect", ({ stream, headers }: http2.Http2ServerRequest) => {
        taken.push(mounted.stream(stream, headers, 0, undefined, { context: "mine" }));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `127.0.0.1:${portOf(server)}`;
      const connection = await connect(`ws://${url}/chat`, { httpVersion: "2" });
      assert.equal(await connection.readText(), "mine 2");
      await connection.close();

      const session = http2.connect(`http://${url}`);
      const page = session.request({ ":path": "/" });
      let body = "";
      page.on("data", (chunk) => body += String(chunk));
      await once(page, "end");
      assert.equal(body, "ordinary");

      const other = session.request({ ...CONNECT_FIELDS, ":path": "/other" });
      const [headers] = await once(other, "response") as [http2.IncomingHttpStatusHeader];
      assert.equal(headers[":status"], 404);
      other.resume();
      const tunnel = session.request({ ":method": "CONNECT", ":authority": "a.example:80" });
      tunnel.on("error", () => {});
      await eventually("the third CONNECT", () => taken.length === 3);
      assert.deepEqual(await Promise.all(taken), [true, false, false]);
      session.destroy();
      await mounted.close();
      server.close();
    },
  );
});
