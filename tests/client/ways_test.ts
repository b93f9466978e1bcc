/**
 * The ways to a server, on real sockets: addresses, families, unix sockets, and the options of TLS.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe } from "node:test";
import { connect, serve, type ServeOptions, type WebSocketServer } from "../../mod.ts";
import type { ConnectOptions } from "../../src/client/client.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { withSockets } from "../helpers/socket_server.ts";
import { nextTurn } from "../helpers/waiting.ts";
import { ca, cert, key, selfSignedCert } from "../helpers/tls/fixtures.ts";

const isDeno = process.versions["deno"] !== undefined;

/** A server for the time of a test. */
async function withServer(
  options: ServeOptions,
  use: (server: WebSocketServer, port: number) => Promise<void>,
): Promise<void> {
  const handler = {
    open: (
      connection: { remoteAddress: unknown; request: Request; send(text: string): unknown },
    ) => {
      const { remoteAddress, request } = connection;
      connection.send(JSON.stringify({ remoteAddress, url: request.url }));
    },
  };
  const server = await serve(options, handler);
  try {
    await use(server, "port" in server.address ? server.address.port : 0);
  } finally {
    await server.close({ timeoutMs: 0 });
  }
}

interface Seen {
  readonly remoteAddress: { readonly hostname?: string } | null;
  readonly url: string;
}

/** What the server saw. */
async function seen(url: string, options: ConnectOptions = {}): Promise<Seen> {
  const connection = await connect(url, options);
  const text = await connection.readText({ timeoutMs: 40_000 });
  await connection.close();
  return JSON.parse(text ?? "null");
}

const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
const pin = `sha256/${createHash("sha256").update(spki).digest("base64")}`;
const otherPin = `sha256/${createHash("sha256").update("other").digest("base64")}`;

describe("connect reaches a server", () => {
  itEnds(
    "connect reaches a server by an address of one's own choice, with the URL's host in the request",
    async () => {
      await withServer({}, async (_server, port) => {
        for (
          const options of [
            { address: "127.0.0.1" },
            { lookup: () => "127.0.0.1" },
            {
              lookup: (hostname: string) =>
                Promise.resolve(hostname === "example.test" ? ["127.0.0.1"] : []),
            },
          ]
        ) {
          const { url } = await seen(`ws://example.test:${port}/a`, options);
          assert.equal(url, `http://example.test:${port}/a`);
        }
      });
    },
  );

  itEnds(
    "connect refuses half of a client certificate, and says which half is missing",
    async () => {
      const refuses = (tls: ConnectOptions["tls"], message: RegExp) =>
        assert.rejects(connect("wss://localhost:9/", { tls }), { name: "TypeError", message });
      await refuses({ cert }, /tls: cert and key belong together, and key is missing/);
      await refuses({ key }, /tls: cert and key belong together, and cert is missing/);
    },
  );

  itEnds("connect reaches a server by the other family, where one is refused", async () => {
    await withServer({}, async (_server, port) => {
      await seen(`ws://example.test:${port}/`, { lookup: () => ["::1", "127.0.0.1"] });
      await seen(`ws://localhost:${port}/`, { family: 4 });
    });
  });

  itEnds(
    "connect reaches a server by a family, or says that there is no such address",
    async () => {
      const lookup = (): string[] => ["127.0.0.1"];
      const opened = connect("ws://example.test:9/", { lookup, family: 6 });
      assert.match(
        (await rejectsWith(opened, "ERR_CONNECT")).message,
        /example\.test has no IPv6 address/,
      );
    },
  );

  itEnds(
    "connect reaches a server by no other address once TCP is connected, though TLS is not answered",
    async () => {
      await withSockets({ serve() {} }, async (silent) => {
        const options = { lookup: () => ["127.0.0.1", "127.0.0.2"], handshakeTimeoutMs: 600 };
        const opened = connect(`wss://example.test:${silent.port}/`, options);
        await rejectsWith(opened, "ERR_HANDSHAKE_TIMEOUT");
      });
    },
  );

  itEnds(
    "connect reaches a server from an address of this machine, or says that the runtime cannot",
    async () => {
      await withServer({}, async (_server, port) => {
        const options = { localAddress: "127.0.0.9" };
        const url = `ws://127.0.0.1:${port}/`;
        if (isDeno) return void await rejectsWith(connect(url, options), "ERR_NOT_SUPPORTED");
        assert.equal((await seen(url, options)).remoteAddress?.hostname, "127.0.0.9");
      });
    },
  );

  itEnds("connect reaches a server on a unix socket, by a URL", async () => {
    const path = join(tmpdir(), `fullduplex-${crypto.randomUUID()}.sock`);
    await withServer({ path }, async () => {
      assert.equal(
        (await seen(`ws+unix:${path}:/chat?room=1`)).url,
        "http://localhost/chat?room=1",
      );
    });
  });
});

describe("connect with TLS", () => {
  itEnds("takes certificates as bytes", async () => {
    await withServer({ tls: { cert, key } }, async (_server, port) => {
      await seen(`wss://localhost:${port}/`, { tls: { ca: new TextEncoder().encode(ca) } });
    });
  });

  itEnds("checks the pin of the server's key", async () => {
    await withServer({ tls: { cert, key } }, async (_server, port) => {
      const url = `wss://localhost:${port}/`;
      const tls = { ca, pins: [otherPin, pin] };
      if (isDeno) return void await rejectsWith(connect(url, { tls }), "ERR_NOT_SUPPORTED");
      await seen(url, { tls });
      const wrong = await rejectsWith(
        connect(url, { tls: { ca, pins: [otherPin] } }),
        "ERR_CERTIFICATE",
      );
      assert.ok(wrong.message.includes(pin), wrong.message);
      // A pin does not replace the authority.
      await rejectsWith(connect(url, { tls: { pins: [pin] } }), "ERR_CERTIFICATE");
    });
  });

  itEnds("takes any certificate where it is told to, and then a pin still counts", async () => {
    await withServer({ tls: { cert: selfSignedCert, key } }, async (_server, port) => {
      const url = `wss://localhost:${port}/`;
      const tls = { dangerouslyAcceptAnyCertificate: true };
      if (isDeno) return void await rejectsWith(connect(url, { tls }), "ERR_NOT_SUPPORTED");
      await rejectsWith(connect(url), "ERR_CERTIFICATE");
      await seen(url, { tls });
      await seen(url, { tls: { ...tls, pins: [pin] } });
      await rejectsWith(connect(url, { tls: { ...tls, pins: [otherPin] } }), "ERR_CERTIFICATE");
    });
  });

  itEnds("offers application protocols", async () => {
    const asked: (string | false | null)[] = [];
    const tls = { cert, key, ALPNProtocols: ["http/1.1"] };
    await withSockets({
      tls,
      serve(socket) {
        if ("alpnProtocol" in socket) asked.push(socket.alpnProtocol as string | false | null);
        socket.end("no");
      },
    }, async (server) => {
      const url = `wss://localhost:${server.port}/`;
      await assert.rejects(connect(url, { tls: { ca, alpn: ["http/1.1"] } }));
      await assert.rejects(connect(url, { tls: { ca } }));
      assert.deepEqual(asked, ["http/1.1", false]);
    });
  });

  itEnds("shows a client certificate", async () => {
    const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: true };
    await withSockets({
      tls,
      serve(socket) {
        socket.on("data", () => socket.end("HTTP/1.1 418 Seen\r\nContent-Length: 0\r\n\r\n"));
      },
    }, async (server) => {
      const options = { tls: { ca, cert, key: new TextEncoder().encode(key) } };
      const opened = connect(`wss://localhost:${server.port}/`, options);
      assert.equal((await rejectsWith(opened, "ERR_HANDSHAKE_STATUS")).status, 418);
    });
  });
});

/** A client meets a server that accepts and then says nothing, or half a record. */
describe("connect over TLS ends at its deadline or its signal, whenever that comes", () => {
  for (
    const [who, tls] of [["a client", { ca }], ["one with a certificate", {
      ca,
      cert,
      key,
    }]] as const
  ) {
    for (const half of ["", "\x16\x03\x03\x01\x00"]) {
      itEnds(`(${who}, at a server that says ${half === "" ? "nothing" : "half"})`, async () => {
        await withSockets(
          { serve: (socket) => void socket.write(half, "latin1") },
          async (server) => {
            const url = `wss://127.0.0.1:${server.port}/`, mine = new Error("mine");
            await rejectsWith(
              connect(url, { tls, handshakeTimeoutMs: 100 }),
              "ERR_HANDSHAKE_TIMEOUT",
            );
            for (let turns = 0; turns < 20; turns++) {
              const stop = new AbortController();
              const aborted = assert.rejects(connect(url, { tls, signal: stop.signal }), mine);
              for (let left = turns; left > 0; left--) await nextTurn();
              stop.abort(mine);
              await aborted;
            }
          },
        );
      });
    }
  }
});

describe("connect follows redirects", () => {
  itEnds("up to maxRedirects, and none by default", async () => {
    await withServer({}, async (_server, port) => {
      let asked = 0;
      await withSockets({
        serve(socket) {
          socket.on("data", () => {
            const location = asked++ % 2 === 0 ? "/again" : `http://localhost:${port}/there`;
            socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
          });
        },
      }, async (redirecting) => {
        const url = `ws://localhost:${redirecting.port}/`;
        const error = await rejectsWith(connect(url), "ERR_HANDSHAKE_REDIRECT");
        assert.deepEqual([error.status, error.location], [302, "/again"]);
        asked = 0;
        await rejectsWith(connect(url, { maxRedirects: 1 }), "ERR_HANDSHAKE_REDIRECT");
        asked = 0;
        const { url: there } = await seen(url, { maxRedirects: 2 });
        assert.equal(there, `http://localhost:${port}/there`);
      });
    });
  });
});
