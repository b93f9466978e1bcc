/**
 * The opening handshake on a server: who is let in, to which handler, and what the others are told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { HandlerProducer, WebSocketHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { itEnds, itSplit, itSplitAnywhere } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

const ECHO: WebSocketHandler = {
  message: (connection, message) => connection.send(message),
};

/** A server whose errors are collected. */
function serveCollecting(handler: HandlerProducer): { server: RawServer; errors: unknown[] } {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  return { server: new RawServer(handler, { server: { onError } }), errors };
}

/** Value of a header field in a head. */
function field(head: string | null, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, "im").exec(head ?? "")?.[1];
}

describe("an upgrade", () => {
  itSplitAnywhere(
    "an upgrade is answered, and what follows the request is heard",
    async (split) => {
      const server = new RawServer(ECHO, { split });
      const { peer } = server.accept();
      peer.write(upgradeRequest());
      peer.send('1 000 0001 m 0000010 "hi"');
      assert.deepEqual(await peer.frames(), ['text "hi"']);
      assert.equal(field(peer.head, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assert.equal(server.upgrader.connections.size, 1);
    },
  );

  itEnds(
    "an upgrade in one packet with its first frame is answered, and the frame is read",
    async () => {
      const { peer } = new RawServer(ECHO).accept();
      const frame = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
      peer.write(new Uint8Array([...new TextEncoder().encode(upgradeRequest()), ...frame]));
      assert.deepEqual(await peer.frames(), ['text "hi"']);
    },
  );

  itSplit("gives the request to producer, handler and connection", async (split) => {
    const seen: Request[] = [];
    const server = new RawServer((request) => {
      seen.push(request);
      return {
        open(connection, request) {
          seen.push(request, connection.request);
        },
      };
    }, { split });
    const { peer } = server.accept();
    peer.write(upgradeRequest("Cookie: a=1", "X-Two: 1", "x-two: 2"));
    await settle();
    const [request] = seen;
    assert.equal(new Set(seen).size, 1);
    assert.equal(request?.url, "http://test/chat?room=1");
    assert.equal(request?.method, "GET");
    assert.equal(request?.headers.get("cookie"), "a=1");
    assert.equal(request?.headers.get("x-two"), "1, 2");
    assert.equal(request?.headers.get("host"), "test");
  });

  itSplitAnywhere("an upgrade may be decided later; what comes meanwhile waits", async (split) => {
    const gate = Promise.withResolvers<WebSocketHandler>();
    const messages: Message[] = [];
    const { peer } = new RawServer(() => gate.promise, { split }).accept();
    peer.write(upgradeRequest());
    peer.send('1 000 0001 m 0000001 "1"');
    await settle();
    peer.send('1 000 0001 m 0000001 "2"');
    await settle();
    assert.equal(peer.head, null);
    gate.resolve({ message: (_connection, message) => void messages.push(message) });
    await settle();
    peer.send('1 000 0001 m 0000001 "3"');
    await settle();
    assert.deepEqual(messages, ["1", "2", "3"]);
  });

  itEnds("decided later holds back a client that says too much, and goes on", async () => {
    const gate = Promise.withResolvers<WebSocketHandler>();
    let bytes = 0;
    const { peer, transport } = new RawServer(() => gate.promise).accept();
    peer.write(upgradeRequest());
    for (let i = 0; i < 20; i++) {
      peer.send("1 000 0010 m 1111110 +4000 *16384");
      await settle();
    }
    assert.equal(transport.isPaused, true);
    gate.resolve({ message: (_connection, message) => void (bytes += message.length) });
    await settle();
    assert.equal(bytes, 20 * 16_384);
    assert.equal(transport.isPaused, false);
  });

  itEnds("an upgrade whose client leaves before it is decided runs no handler", async () => {
    const gate = Promise.withResolvers<WebSocketHandler>();
    const server = new RawServer(() => gate.promise);
    for (const leave of ["end", "abort"] as const) {
      const { peer } = server.accept();
      peer.write(upgradeRequest());
      await settle();
      peer.transport[leave]();
      await settle();
      assert.equal(peer.isClosed, true);
    }
    gate.resolve({ open: () => assert.fail("nobody is there") });
    await settle();
    assert.equal(server.upgrader.connections.size, 0);
  });
});

describe("a subprotocol", () => {
  const speaking = (protocol?: string): HandlerProducer => () => ({ protocol, message() {} });

  for (
    const [offered, spoken, agreed] of [
      ["chat, v2", "v2", "v2"],
      ["chat", "v2", undefined],
      ["chat", undefined, undefined],
      [undefined, "v2", undefined],
    ] as const
  ) {
    itEnds(`offered as ${offered}, spoken as ${spoken}, is ${agreed}`, async () => {
      const server = new RawServer(speaking(spoken), { server: { protocolRequired: false } });
      const lines = offered === undefined ? [] : [`Sec-WebSocket-Protocol: ${offered}`];
      const peer = await server.ask(upgradeRequest(...lines));
      assert.match(peer.head ?? "", /^HTTP\/1\.1 101 /);
      assert.equal(field(peer.head, "sec-websocket-protocol"), agreed);
      const [connection] = server.upgrader.connections;
      assert.equal(connection?.protocol, agreed ?? "");
    });
  }

  itEnds(
    "a subprotocol that the handler does not speak is refused with 400, which names both",
    async () => {
      const server = new RawServer(speaking("v2"));
      const peer = await server.ask(upgradeRequest("Sec-WebSocket-Protocol: chat, v1"));
      assert.match(peer.head ?? "", /^HTTP\/1\.1 400 /);
      assert.equal(peer.body, "the client offers chat, v1, and this path speaks v2\n");
      assert.match((await server.ask(upgradeRequest())).head ?? "", /^HTTP\/1\.1 101 /);
    },
  );

  itEnds("a subprotocol is told to the producer in the client's order", async () => {
    const offers: (readonly string[])[] = [];
    const server = new RawServer((_request, protocols) => {
      offers.push(protocols);
      return { protocol: protocols.find((protocol) => protocol === "b"), message() {} };
    });
    const lines = ["Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol: c"];
    const peer = await server.ask(upgradeRequest(...lines));
    assert.deepEqual(offers, [["a", "b", "c"]]);
    assert.equal(field(peer.head, "sec-websocket-protocol"), "b");
  });
});

describe("a producer", () => {
  for (
    const [how, wrap] of [
      ["at once", <T>(value: T) => value],
      ["later", <T>(value: T) => Promise.resolve(value)],
    ] as const
  ) {
    itEnds(`a producer that gives a Response ${how} refuses with exactly that`, async () => {
      const { server, errors } = serveCollecting(() =>
        wrap(
          new Response("who are you?\n", {
            status: 401,
            statusText: "Say Who",
            headers: [["WWW-Authenticate", "Basic"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]],
          }),
        )
      );
      const peer = await server.ask(upgradeRequest());
      await settle();
      const lines = (peer.head ?? "").split("\r\n");
      assert.equal(lines[0], "HTTP/1.1 401 Say Who");
      assert.equal(peer.body, "who are you?\n");
      assert.equal(field(peer.head, "www-authenticate"), "Basic");
      assert.equal(field(peer.head, "content-length"), "13");
      assert.equal(lines.filter((line) => /^set-cookie: [ab]=[12]$/i.test(line)).length, 2);
      assert.equal(peer.hasEnded, true);
      assert.deepEqual(errors, []);
    });

    itEnds(`a producer that gives null ${how} refuses with 400`, async () => {
      const { server, errors } = serveCollecting(() => wrap(null));
      const peer = await server.ask(upgradeRequest());
      assert.match(peer.head ?? "", /^HTTP\/1\.1 400 /);
      assert.equal(peer.hasEnded, true);
      assert.deepEqual(errors, []);
    });

    itEnds(`a producer that gives undefined ${how} refuses with 404`, async () => {
      const { server, errors } = serveCollecting(() => wrap(undefined));
      const peer = await server.ask(upgradeRequest());
      assert.match(peer.head ?? "", /^HTTP\/1\.1 404 /);
      assert.deepEqual(errors, []);
    });

    itEnds(
      `a producer that gives what is no handler ${how} refuses with 500 and is reported`,
      async () => {
        for (const wrong of [5, { message: 1 }, { session() {}, message() {} }]) {
          const { server, errors } = serveCollecting(
            (() => wrap(wrong)) as unknown as HandlerProducer,
          );
          const peer = await server.ask(upgradeRequest());
          assert.match(peer.head ?? "", /^HTTP\/1\.1 500 /);
          assert.ok(errors[0] instanceof TypeError);
          assert.equal(server.upgrader.connections.size, 0);
        }
      },
    );
  }

  for (const how of ["throws", "rejects"] as const) {
    itEnds(
      `a producer that ${how} refuses with 500, is reported, and the client is told nothing`,
      async () => {
        const { server, errors } = serveCollecting(() => {
          if (how === "rejects") return Promise.reject(new Error("secret"));
          throw new Error("secret");
        });
        const peer = await server.ask(upgradeRequest());
        assert.match(peer.head ?? "", /^HTTP\/1\.1 500 /);
        assert.doesNotMatch(peer.body, /secret/);
        assert.deepEqual(errors.map((error) => (error as Error).message), ["secret"]);
      },
    );
  }

  itEnds("a producer whose Response cannot be sent refuses with 500 and is reported", async () => {
    const used = new Response("once");
    await used.text();
    const broken = new Response(
      new ReadableStream({ start: (controller) => controller.error(new Error("body")) }),
    );
    for (const response of [used, broken, Response.error()]) {
      const { server, errors } = serveCollecting(() => response);
      const peer = await server.ask(upgradeRequest());
      await settle();
      assert.match(peer.head ?? "", /^HTTP\/1\.1 500 /);
      assert.equal(errors.length, 1);
    }
  });

  itEnds("a producer that takes too long is not waited for", async () => {
    const clock = new VirtualClock();
    const server = new RawServer(() => new Promise(() => {}), { clock });
    const { peer } = server.accept();
    peer.write(upgradeRequest());
    await clock.advance(9_999);
    assert.equal(peer.isClosed, false);
    await clock.advance(1);
    assert.equal(peer.isClosed, true);
    assert.equal(clock.pending, 0);
  });
});
