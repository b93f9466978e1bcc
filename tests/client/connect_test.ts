/**
 * The opening handshake on a client: what is asked, and what is made of the answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketErrorCode } from "../../src/errors.ts";
import { type ConnectOptions, startClient } from "../../src/client/client.ts";
import type { Runtime } from "../../src/transport/runtime.ts";
import type { Message } from "../../src/message.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  rejectsWith,
} from "../helpers/connections.ts";
import { bits } from "../helpers/bits.ts";
import { untyped } from "../helpers/untyped.ts";
import { acceptance, startRawClient } from "../helpers/raw_peer.ts";

describe("connect", () => {
  itSplitAnywhere("opens, and hears what follows the answer", async (split) => {
    const { peer, opened } = await startRawClient({ split });
    peer.write(acceptance(peer));
    peer.send('1 000 0001 m 0000010 "hi" | 0 000 0001 m 0000001 "a"');
    const connection = await opened;
    assert.equal(await connection.read(), "hi");
    peer.send('1 000 0000 m 0000001 "b"');
    assert.equal(await connection.read(), "ab");
    connection.send("back");
    assert.deepEqual(await peer.frames(), ['text "back"']);
    assert.deepEqual([connection.protocol, connection.extensions], ["", ""]);
  });

  itEnds("connect reads a response in one packet with the first frame", async () => {
    const { peer, opened } = await startRawClient();
    const head = new TextEncoder().encode(acceptance(peer));
    peer.write(new Uint8Array([...head, ...bits('1 000 0001 m 0000010 "hi"', "server")]));
    assert.equal(await (await opened).read(), "hi");
  });

  itEnds("asks for the path and the query, with the header fields of the caller", async () => {
    const headers = { Cookie: "a=1", "X-Mine": "é" };
    const client = { headers, protocols: ["a", "b"] };
    const { peer, opened } = await startRawClient({ url: "ws://test:81/p/q?r=s", client });
    const lines = (peer.head ?? "").split("\r\n");
    assert.equal(lines[0], "GET /p/q?r=s HTTP/1.1");
    for (const line of ["Host: test:81", "Sec-WebSocket-Protocol: a, b", "cookie: a=1"]) {
      assert.ok(lines.includes(line), line);
    }
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: b"));
    const connection = await opened;
    assert.equal(connection.protocol, "b");
    assert.equal(connection.request.url, "http://test:81/p/q?r=s");
    assert.equal(connection.request.headers.get("x-mine"), "é");
  });

  itEnds("sends two cookies of the caller as one field that servers can read", async () => {
    const headers = [["Cookie", "a=1"], ["X-Two", "1"], ["cookie", "b=2"], ["X-Two", "2"]];
    const { peer, opened } = await startRawClient({ client: { headers: untyped(headers) } });
    const lines = (peer.head ?? "").split("\r\n");
    for (const line of ["cookie: a=1; b=2", "x-two: 1, 2"]) {
      assert.ok(lines.includes(line), line);
    }
    peer.write(acceptance(peer));
    assert.equal((await opened).request.headers.get("cookie"), "a=1; b=2");
  });

  itEnds(
    "connect with a user and a password authorises itself, and still has a request",
    async () => {
      const { peer, opened } = await startRawClient({ url: "ws://user:pass@test/" });
      assert.match(peer.head ?? "", /^authorization: Basic dXNlcjpwYXNz$/im);
      peer.write(acceptance(peer));
      const { request } = await opened;
      assert.equal(request.url, "http://test/");
      assert.match(request.headers.get("authorization") ?? "", /^Basic /);
    },
  );

  itEnds("connect may have a handler, which is fed from the first message on", async () => {
    const log: (Message | number)[] = [];
    const client: ConnectOptions = {
      handler: {
        open: (connection) => connection.send(`open ${new URL(connection.request.url).pathname}`),
        message: (_connection, message) => void log.push(message),
        close: (_connection, { code }) => void log.push(code),
      },
    };
    const { peer, opened } = await startRawClient({ client });
    peer.write(acceptance(peer));
    peer.send('1 000 0001 m 0000010 "hi" | 1 000 1000 m 0000010 x0fa0');
    await settle();
    peer.transport.end(); // the server's part (section 7.1.1)
    await (await opened).closed;
    await settle();
    assert.deepEqual(log, ["hi", 4000]);
    assert.deepEqual(peer.takeFrames(), ['text "open /chat"', "close 4000"]);
  });

  itEnds("fails a server that masks (section 5.1)", async () => {
    const clock = new VirtualClock();
    const { peer, opened } = await startRawClient({ clock });
    peer.write(acceptance(peer));
    peer.write(bits('1 000 0001 m 0000010 "hi"', "client"));
    const connection = await opened;
    await clock.advance(0); // the rest of a turn for who has read, and may answer
    assert.equal((await connection.closed).code, 1002);
  });

  itEnds("masks all it sends", async () => {
    const { peer, opened } = await startRawClient();
    peer.write(acceptance(peer));
    const connection = await opened;
    connection.send("hi");
    await settle();
    assert.equal(peer.bytes[1], 0x82);
    assert.deepEqual(peer.takeFrames(), ['text "hi"']);
  });
});

describe("connect is refused", () => {
  const good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

  for (
    const [what, answer, code, status] of [
      [
        "by a status",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "ERR_HANDSHAKE_STATUS",
        403,
      ],
      ["by 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "ERR_HANDSHAKE_STATUS", 200],
      [
        "by a redirect",
        "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
        "ERR_HANDSHAKE_REDIRECT",
        302,
      ],
      [
        "by a redirect to nowhere",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "ERR_HANDSHAKE_STATUS",
        302,
      ],
      ["without an accept", `${good}\r\n`, "ERR_HANDSHAKE", undefined],
      [
        "by the accept of another key",
        `${good}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`,
        "ERR_HANDSHAKE",
        undefined,
      ],
      ["by what is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n", "ERR_HANDSHAKE", undefined],
      ["by a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "ERR_HANDSHAKE", undefined],
      [
        "by too long a head",
        `HTTP/1.1 200 OK\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
        "ERR_HANDSHAKE",
        undefined,
      ],
    ] as const satisfies readonly (readonly [
      string,
      string,
      WebSocketErrorCode,
      number | undefined,
    ])[]
  ) {
    itSplit(what, async (split) => {
      const { peer, opened } = await startRawClient({ split });
      peer.write(answer);
      const error = await rejectsWith(opened, code);
      assert.equal(error.status, status);
      assert.equal(error.location, code === "ERR_HANDSHAKE_REDIRECT" ? "/there" : undefined);
      await settle();
      assert.equal(peer.isClosed, true);
    });
  }

  itEnds("connect is refused by a subprotocol or an extension it did not offer", async () => {
    for (
      const line of ["Sec-WebSocket-Protocol: b", "Sec-WebSocket-Extensions: permessage-deflate"]
    ) {
      const { peer, opened } = await startRawClient({ client: { protocols: "a" } });
      peer.write(acceptance(peer, line));
      await rejectsWith(opened, "ERR_HANDSHAKE");
    }
  });

  itEnds("connect is refused by a server that ends or is lost before it answers", async () => {
    for (const leave of ["end", "abort", "lose"] as const) {
      const { peer, opened } = await startRawClient();
      peer.write("HTTP/1.1 101 Swit");
      peer.transport[leave]();
      const { cause } = await rejectsWith(opened, "ERR_HANDSHAKE");
      assert.equal(cause instanceof Error, leave !== "end");
    }
  });

  itEnds("connect rejects after its timeout", async () => {
    const clock = new VirtualClock();
    const { peer, opened } = await startRawClient({ clock });
    await clock.advance(9_999);
    assert.equal(await isSettled(opened), false);
    await clock.advance(1);
    await rejectsWith(opened, "ERR_HANDSHAKE_TIMEOUT");
    assert.equal(peer.isClosed, true);
    assert.equal(clock.pending, 0);
  });

  itEnds("connect rejects with the reason of its signal, but not once it is open", async () => {
    const controller = new AbortController();
    const client = { signal: controller.signal };
    const { peer, opened } = await startRawClient({ client });
    const second = await startRawClient({ client });
    second.peer.write(acceptance(second.peer));
    const connection = await second.opened;
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(opened, (error) => error === reason);
    await settle();
    assert.equal(peer.isClosed, true);
    assert.equal(await isSettled(connection.closed), false);
    const third = await startRawClient({ client });
    await assert.rejects(third.opened, (error) => error === reason);
    assert.equal(third.peer.head, null);
  });

  itEnds("connect rejects when its signal is aborted in the turn of the call", async () => {
    const controller = new AbortController();
    const starting = startRawClient({ client: { signal: controller.signal } });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    const { peer, opened } = await starting;
    await assert.rejects(opened, (error) => error === reason);
    assert.equal(peer.head, null);
  });

  itEnds("connect ignores the late answer of a server that it has left", async () => {
    const clock = new VirtualClock();
    const { peer, opened } = await startRawClient({ clock, client: { handshakeTimeoutMs: 5 } });
    const answer = acceptance(peer);
    await clock.advance(5);
    peer.write(answer);
    await rejectsWith(opened, "ERR_HANDSHAKE_TIMEOUT");
  });

  for (
    const [what, url, client, error] of [
      ["another scheme", "ftp://test/", {}, DOMException],
      ["a fragment", "ws://test/#a", {}, DOMException],
      ["no URL", "nowhere", {}, TypeError],
      ["a subprotocol that is no token", "ws://test/", { protocols: "a b" }, DOMException],
      ["a field of the handshake", "ws://test/", { headers: { Upgrade: "x" } }, TypeError],
      ["a limit that is none", "ws://test/", { maxMessageBytes: -1 }, RangeError],
      ["a timeout that is none", "ws://test/", { handshakeTimeoutMs: NaN }, RangeError],
      ["a handler that is none", "ws://test/", { handler: 5 }, TypeError],
    ] as const
  ) {
    itEnds(`for ${what}, before anything is sent`, async () => {
      const options = client as unknown as ConnectOptions;
      const { peer, opened } = await startRawClient({ url, client: options });
      await assert.rejects(opened, error);
      assert.equal(peer.head, null);
    });
  }
});

describe("connect dials", () => {
  for (
    const [url, options, expected] of [
      ["ws://test/", {}, { hostname: "test", port: 80 }],
      ["http://test:81/", {}, { hostname: "test", port: 81 }],
      ["wss://test/", {}, { hostname: "test", port: 443, tls: { serverName: "test" } }],
      ["wss://127.0.0.1/", {}, { hostname: "127.0.0.1", port: 443, tls: {} }], // no SNI (RFC 6066 3)
      ["wss://[::1]:5/", {}, { hostname: "::1", port: 5, tls: {} }],
      ["wss://test/", { tls: { serverName: "a" } }, {
        hostname: "test",
        port: 443,
        tls: { serverName: "a" },
      }],
      ["wss://test/", { path: "/s" }, { path: "/s", tls: { serverName: "test" } }],
      ["ws://test/", { path: "/s", tls: {} }, { path: "/s" }],
    ] as readonly (readonly [string, ConnectOptions, object])[]
  ) {
    itEnds(`${url} with ${JSON.stringify(options)}`, async () => {
      const refused = new Error("refused");
      let dialed: object = {};
      const runtime: Pick<Runtime, "dial"> = {
        dial({ signal, ...options }) {
          assert.ok(signal instanceof AbortSignal);
          dialed = options;
          return Promise.reject(refused);
        },
      };
      const opened = startClient({ runtime, platform: testPlatform() }, url, options);
      assert.equal((await rejectsWith(opened, "ERR_CONNECT")).cause, refused);
      assert.deepEqual(dialed, expected);
    });
  }
});

describe("connect with protocols that the server does not speak", () => {
  itEnds("fails, unless allowNoProtocol goes on with none", async () => {
    const { peer, opened } = await startRawClient({ client: { protocols: ["a", "b"] } });
    peer.write(acceptance(peer));
    await assert.rejects(opened, {
      code: "ERR_HANDSHAKE",
      message: /one of the subprotocols that were offered must be chosen \(or allowNoProtocol/,
    });
    const client = { protocols: ["a"], allowNoProtocol: true };
    const second = await startRawClient({ client });
    second.peer.write(acceptance(second.peer));
    assert.equal((await second.opened).protocol, "");
  });
});
