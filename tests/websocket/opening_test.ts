/**
 * From the constructor to the `open` event, or to `error` and `close`: "establish a WebSocket
 * connection" and "feedback from the protocol" of the WebSockets standard.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/virtual_clock.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import { connectRawSocket, rawSocketClass, recordEvents, rest } from "../helpers/raw_sockets.ts";

const FAILED = ["error", 'close 1006 "" unclean'];

describe("the request of a WebSocket", () => {
  it("has the subprotocols in their order, and the options' header fields", async () => {
    const { Socket, surrounding } = rawSocketClass();
    new Socket("ws://test:81/a?b", ["one", "two"], { headers: { Cookie: "c=d" } });
    await rest();
    const head = surrounding.peers[0]!.head!;
    assert.match(head, /^GET \/a\?b HTTP\/1\.1\r\n/);
    for (const line of ["Host: test:81", "Sec-WebSocket-Protocol: one, two", "cookie: c=d"]) {
      assert.ok(head.includes(`\r\n${line}`), line);
    }
    assert.doesNotMatch(head, /Origin|Sec-WebSocket-Extensions|Authorization/i);
  });

  it("has the URL's user and password as Basic authorization", async () => {
    const { peer } = await connectRawSocket({ url: "ws://us%20er:word@test/" });
    assert.match(peer.head!, /\r\nAuthorization: Basic dXMgZXI6d29yZA==/);
  });

  it("has the location's origin, where there is one, unless an option says another", async () => {
    Object.defineProperty(globalThis, "location", {
      value: new URL("http://page.test/a"),
      configurable: true,
    });
    try {
      const { Socket, surrounding } = rawSocketClass();
      new Socket("ws://one.test/");
      new Socket("ws://two.test/", [], { headers: { Origin: "http://own.test" } });
      await rest();
      const [one, two] = surrounding.peers;
      assert.match(one!.head!, /\r\norigin: http:\/\/page\.test/);
      assert.match(two!.head!, /\r\norigin: http:\/\/own\.test/);
    } finally {
      delete (globalThis as { location?: unknown }).location;
    }
  });
});

describe("an open WebSocket", () => {
  it("changes its state, protocol and extensions in the task of its open event", async () => {
    const { socket, peer } = await connectRawSocket({ protocols: ["one", "two"] });
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: two"));
    await settle(); // promises only: the connection is there, the task has not run
    assert.notEqual(socket.connection, null);
    assert.deepEqual([socket.readyState, socket.protocol], [0, ""]);
    socket.onopen = () => assert.deepEqual([socket.readyState, socket.protocol], [1, "two"]);
    await rest();
    assert.deepEqual([socket.readyState, socket.protocol, socket.extensions], [1, "two", ""]);
  });

  it("tells of messages that came with the answer after open, each in a task", async () => {
    const { peer, events } = await connectRawSocket();
    peer.write(acceptance(peer));
    peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
    await rest();
    assert.deepEqual(events, ["open", "message a", "message b"]);
  });
});

describe("a WebSocket that cannot be opened", () => {
  it("fires error and close with 1006 when there is no transport", async () => {
    const { Socket } = rawSocketClass({ dialError: new Error("refused") });
    const socket = new Socket("ws://test/"), events = recordEvents(socket);
    socket.onerror = ({ message, error }) => {
      assert.equal(socket.readyState, 3);
      events.push(message, (error as { code: string }).code);
    };
    await rest();
    assert.deepEqual(events, [
      "error",
      "cannot connect to test:80: refused",
      "ERR_CONNECT",
      'close 1006 "" unclean',
    ]);
  });

  it("fails when the server refuses, redirects or answers nonsense", async () => {
    for (
      const answer of [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ws://test/other\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "nonsense\r\n\r\n",
      ]
    ) {
      const { peer, events, socket } = await connectRawSocket();
      peer.write(answer);
      await rest();
      assert.deepEqual(events, FAILED, answer);
      assert.equal(socket.readyState, 3);
      assert.equal(socket.connection, null);
    }
  });

  it("fails when none of its subprotocols was chosen, or one it has not offered", async () => {
    for (const lines of [[], ["Sec-WebSocket-Protocol: three"]]) {
      const { peer, events } = await connectRawSocket({ protocols: ["one", "two"] });
      peer.write(acceptance(peer, ...lines));
      await rest();
      assert.deepEqual(events, FAILED);
      assert.deepEqual(peer.takeFrames(), []);
      assert.ok(peer.isClosed);
    }
  });

  it("fails without a connection for the ports of other protocols", async () => {
    const { Socket, surrounding } = rawSocketClass();
    const sockets = ["ws://test:25/", "wss://test:6667/", "ws://test:10080/"].map((url) =>
      recordEvents(new Socket(url))
    );
    await rest();
    assert.deepEqual(sockets, [FAILED, FAILED, FAILED]);
    assert.equal(surrounding.peers.length, 0);
    new Socket("ws://test:25/", [], { path: "/run/own.sock" }); // goes to no port
    new Socket("ws://test:80/");
    await rest();
    assert.equal(surrounding.peers.length, 2);
  });

  it("fails for ws: from a page of https:, unless the host is this machine", async () => {
    Object.defineProperty(globalThis, "location", {
      value: new URL("https://page.test/"),
      configurable: true,
    });
    try {
      const { Socket, surrounding } = rawSocketClass();
      const events = recordEvents(new Socket("ws://other.test/"));
      const blocked = recordEvents(new Socket("ws://notlocalhost/"));
      for (const host of ["127.0.0.1", "[::1]", "localhost", "a.localhost"]) {
        new Socket(`ws://${host}/`);
      }
      new Socket("wss://other.test/");
      await rest();
      assert.deepEqual([events, blocked], [FAILED, FAILED]);
      assert.equal(surrounding.peers.length, 5);
    } finally {
      delete (globalThis as { location?: unknown }).location;
    }
  });

  it("fails when the signal of its options is aborted", async () => {
    const { Socket, surrounding } = rawSocketClass();
    const controller = new AbortController();
    const socket = new Socket("ws://test/", [], { signal: controller.signal });
    const events = recordEvents(socket);
    await rest();
    controller.abort();
    await rest();
    assert.deepEqual(events, FAILED);
    assert.ok(surrounding.peers[0]!.isClosed);
    const late = recordEvents(new Socket("ws://test/", [], { signal: controller.signal }));
    await rest();
    assert.deepEqual(late, FAILED);
  });
});

describe("close() of a WebSocket that is connecting", () => {
  it("fails it: CLOSING at once, then error and close with 1006", async () => {
    for (const args of [[], [1000], [3000, "reason"]] as [number?, string?][]) {
      const { socket, peer, events } = await connectRawSocket();
      socket.close(...args);
      assert.equal(socket.readyState, 2);
      assert.deepEqual(events, []);
      await rest();
      assert.deepEqual(events, FAILED);
      assert.equal(socket.readyState, 3);
      assert.ok(peer.isClosed);
    }
  });

  it("fails it in the turn of the constructor, before anything is dialled", async () => {
    const { Socket, surrounding } = rawSocketClass();
    const socket = new Socket("ws://test/"), events = recordEvents(socket);
    socket.close();
    await rest();
    assert.deepEqual(events, FAILED);
    assert.equal(surrounding.peers.length, 0);
  });

  it("starts the closing handshake when the connection is there and open is not told", async () => {
    const { socket, peer, events } = await connectRawSocket();
    peer.write(acceptance(peer));
    await settle();
    socket.close(3001);
    assert.equal(socket.readyState, 2);
    await rest();
    assert.deepEqual(peer.takeFrames(), ["close 3001"]);
    assert.deepEqual(events, []); // the state never goes back to OPEN
    peer.send("1 000 1000 m 0000010 x0bb9");
    peer.transport.end();
    await rest();
    assert.deepEqual(events, ['close 3001 "" clean']);
  });
});

describe("the opening handshakes of WebSockets", () => {
  it("go one at a time to the same host and port, in their order", async () => {
    const { Socket, surrounding } = rawSocketClass();
    const { peers } = surrounding;
    const sockets = [
      "ws://test/1",
      "ws://test:80/2",
      "http://test/3",
      "ws://other/4",
      "wss://test/5",
    ]
      .map((url) => recordEvents(new Socket(url)));
    await rest();
    const targets = () => peers.map(({ head }) => /^GET (\S+)/.exec(head ?? "")?.[1]);
    assert.deepEqual(targets(), ["/1", "/4", "/5"]);
    peers[0]!.write(acceptance(peers[0]!));
    await rest();
    assert.deepEqual(targets(), ["/1", "/4", "/5", "/2"]);
    // A failure ends the turn, too.
    peers[3]!.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    await rest();
    assert.deepEqual(targets(), ["/1", "/4", "/5", "/2", "/3"]);
    assert.deepEqual(sockets.slice(0, 3), [["open"], FAILED, []]);
  });

  it("leave the queue when they are given up, and the others keep their places", async () => {
    const { Socket, surrounding } = rawSocketClass();
    const { peers } = surrounding;
    const [first, second, third] = [1, 2, 3].map((n) => new Socket(`ws://test/${n}`));
    const events = recordEvents(second!);
    await rest();
    second!.close();
    await rest();
    assert.deepEqual(events, FAILED);
    assert.equal(peers.length, 1); // the third still waits for the first
    first!.close();
    await rest();
    assert.equal(peers.length, 2);
    assert.match(peers[1]!.head!, /^GET \/3 /);
    third!.close();
  });
});
