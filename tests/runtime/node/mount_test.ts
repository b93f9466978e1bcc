/**
 * The connection suite on a `node:http` server of somebody else's, on each runtime's `node:http`.
 *
 * @module
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "../../../mod.ts";
import { mount } from "../../../src/runtime/node/mount.ts";
import { RawClient } from "../../helpers/raw_http.ts";
import { connectionSuite } from "../../contract/connection_suite.ts";

connectionSuite("a mount on node:http", async (options, handler) => {
  const mounted = mount(options, handler);
  const server = createServer((_request, response) => response.end("ordinary\n"));
  server.on("upgrade", mounted.upgrade);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    connections: mounted.connections,
    connect: (path = "/", more) => connect(`ws://127.0.0.1:${port}${path}`, more),
    openRaw: () => new RawClient({ transport: "tcp", hostname: "127.0.0.1", port }),
    async close(closeOptions) {
      await mounted.close(closeOptions);
      server.close();
    },
  };
}, { answersHttp: false });
