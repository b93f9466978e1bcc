/**
 * The connection suite over duplexes of Web Streams: TCP sockets of `node:net`, made into streams.
 *
 * @module
 */
import { once } from "node:events";
import { type AddressInfo, connect as dial, createServer } from "node:net";
import { connectDuplex, mount } from "../../../src/runtime/web/mod.ts";
import { WebSocketError } from "../../../src/errors.ts";
import { RawClient } from "../../helpers/raw_http.ts";
import { toDuplex } from "../../helpers/socket_duplex.ts";
import { connectionSuite } from "../../contract/connection_suite.ts";

connectionSuite("duplexes", async (options, handler) => {
  const mounted = mount(options, handler);
  const server = createServer(
    { allowHalfOpen: true },
    (socket) => mounted.accept(toDuplex(socket)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const here = { host: "127.0.0.1", port, allowHalfOpen: true };
  return {
    connections: mounted.connections,
    async connect(path = "/", { address = here.host, ...more } = {}) {
      const socket = dial({ ...here, host: address });
      await once(socket, "connect").catch((cause) => {
        throw new WebSocketError("ERR_CONNECT", "refused", { cause });
      });
      return await connectDuplex(toDuplex(socket), `ws://127.0.0.1:${port}${path}`, more);
    },
    openRaw: () => new RawClient({ transport: "tcp", hostname: "127.0.0.1", port }),
    async close(closeOptions) {
      server.close();
      await mounted.close(closeOptions);
    },
  };
});
