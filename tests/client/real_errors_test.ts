/**
 * The errors of `connect` on real sockets: the same words on each runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { connect } from "../../mod.ts";
import type { ConnectOptions } from "../../src/client/client.ts";
import type { WebSocketErrorCode } from "../../src/errors.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { listenOnSockets, withSockets } from "../helpers/socket_server.ts";
import {
  ca,
  cert,
  expiredCert,
  key,
  otherNameCert,
  selfSignedCert,
} from "../helpers/tls/fixtures.ts";

const answer = (text: string) =>
(
  socket: { end(text: string): unknown; on(name: "data", listener: () => void): unknown },
): void => {
  socket.on("data", () => socket.end(text));
};

/** The error of a client with these options, before a TLS server with this certificate. */
async function meetTls(
  serverCert: string,
  options: ConnectOptions,
  code: WebSocketErrorCode,
): Promise<string> {
  return await withSockets(
    { serve: answer("no"), tls: { cert: serverCert, key } },
    async (server) => {
      const url = `wss://localhost:${server.port}/`;
      return (await rejectsWith(connect(url, options), code)).message;
    },
  );
}

describe("connect, where nobody listens", () => {
  itEnds(
    "says that the connection was refused, the code, and each address that was tried",
    async () => {
      const { port } = await listenOnSockets(() => {}).then(async (server) => {
        await server.close();
        return server;
      });
      const lookup = (): string[] => ["127.0.0.1", "127.0.0.2"];
      const opened = connect(`ws://example.test:${port}/`, { lookup });
      const error = await rejectsWith(opened, "ERR_CONNECT");
      assert.equal(
        error.message,
        [
          `cannot connect to example.test:${port}: connection refused (ECONNREFUSED)`,
          "  127.0.0.1: connection refused (ECONNREFUSED)",
          "  127.0.0.2: connection refused (ECONNREFUSED)",
        ].join("\n"),
      );
      assert.ok(error.cause instanceof AggregateError);
      const local = await rejectsWith(connect(`ws://localhost:${port}/`), "ERR_CONNECT");
      assert.ok(
        local.message.startsWith(
          `cannot connect to localhost:${port}: connection refused (ECONNREFUSED)\n`,
        ),
        local.message,
      );
    },
  );

  itEnds("writes an IPv6 address in brackets", async () => {
    const { message } = await rejectsWith(connect("ws://[::1]:9/"), "ERR_CONNECT");
    assert.match(message, /^cannot connect to \[::1\]:9: /);
  });

  itEnds("says that there is no such host, or no such socket", async () => {
    const host = await rejectsWith(connect("ws://nosuch.invalid/"), "ERR_CONNECT");
    assert.match(
      host.message,
      /^cannot connect to nosuch\.invalid:80: .*(?:no such host|cannot be resolved)/,
    );
    const path = `/tmp/${crypto.randomUUID()}.sock`;
    const socket = await rejectsWith(connect(`ws+unix:${path}:/chat`), "ERR_CONNECT");
    assert.equal(socket.message, `cannot connect to ${path}: there is no such socket (ENOENT)`);
  });

  itEnds("says that a socket's path is too long, which Node 22 would cut", async () => {
    const path = `/tmp/${"x".repeat(200)}`;
    for (const opened of [connect("ws://a/", { path }), connect(`ws+unix:${path}:/chat`)]) {
      const { message } = await rejectsWith(opened, "ERR_CONNECT");
      const why = "the path is too long for a socket, or the address is malformed (EINVAL)";
      assert.equal(message, `cannot connect to ${path}: ${why}`);
    }
  });
});

describe("connect, with a certificate's fault, says its name and what would be right", () => {
  const rows: readonly (readonly [string, string, ConnectOptions, RegExp])[] = [
    ["expired", expiredCert, { tls: { ca } }, /has expired: it has to be renewed/],
    [
      "other name",
      otherNameCert,
      { tls: { ca } },
      /for other names: .*tls\.serverName .*example\.com/,
    ],
    ["unknown authority", cert, {}, /authority that is not trusted: give that by tls\.ca/],
  ];
  for (const [name, serverCert, options, expected] of rows) {
    itEnds(name, async () => {
      assert.match(await meetTls(serverCert, options, "ERR_CERTIFICATE"), expected);
    });
  }

  itEnds("self-signed", async () => {
    const message = await meetTls(selfSignedCert, {}, "ERR_CERTIFICATE");
    assert.match(message, /self-signed: trust it by tls\.ca|authority that is not trusted/);
  });
});

describe("connect, where another protocol is spoken, says so at once", () => {
  itEnds("plain HTTP under wss:", async () => {
    await withSockets({ serve: answer("HTTP/1.1 400 Bad Request\r\n\r\n") }, async (server) => {
      const { message } = await rejectsWith(
        connect(`wss://localhost:${server.port}/`),
        "ERR_CONNECT",
      );
      assert.match(message, /does not speak TLS on this port: use ws:/);
    });
  });

  itEnds("SSH, under ws: and wss:", async () => {
    await withSockets(
      { serve: (socket) => void socket.write("SSH-2.0-Test_1\r\n") },
      async (server) => {
        const plain = await rejectsWith(connect(`ws://localhost:${server.port}/`), "ERR_HANDSHAKE");
        assert.match(plain.message, /speaks SSH/);
        const secure = await rejectsWith(connect(`wss://localhost:${server.port}/`), "ERR_CONNECT");
        assert.match(secure.message, /does not speak TLS/);
      },
    );
  });

  itEnds("TLS under ws:", async () => {
    await withSockets({ serve() {}, tls: { cert, key } }, async (server) => {
      const { message } = await rejectsWith(
        connect(`ws://localhost:${server.port}/`),
        "ERR_HANDSHAKE",
      );
      assert.match(message, /use wss:/);
    });
  });
});

describe("connect, to a server that wants a client certificate", () => {
  itEnds("says so: the alert of TLS is not lost", async () => {
    const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: true };
    await withSockets({ serve() {}, tls }, async (server) => {
      const opened = connect(`wss://localhost:${server.port}/`, { tls: { ca } });
      const { message } = await rejectsWith(opened, "ERR_HANDSHAKE");
      assert.match(message, /asks for a client certificate: give tls\.cert and tls\.key/);
    });
  });
});
