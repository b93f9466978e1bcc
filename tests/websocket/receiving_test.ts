/**
 * `message` events of a `WebSocket`, by the WebSockets standard, section 4: "a WebSocket message
 * has been received".
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/virtual_clock.ts";
import { EventLoopTasks } from "../../src/websocket/tasks.ts";
import type { BinaryType, WebSocket } from "../../src/websocket/websocket.ts";
import { bits, concat } from "../helpers/bits.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import {
  connectRawSocket,
  openRawSocket,
  rawSocketClass,
  recordEvents,
  rest,
  StandIn,
} from "../helpers/raw_sockets.ts";

const BINARY = "1 000 0010 m 0000011 x010203";

/** The data of the next message. */
function nextData(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) =>
    socket.addEventListener("message", ({ data }) => resolve(data), { once: true })
  );
}

describe("a message event", () => {
  it("a message event is a MessageEvent with the text, and the origin of the URL", async () => {
    const { socket, peer } = await openRawSocket({ url: "ws://user@test:81/chat?a" });
    const came = new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
    peer.send('1 000 0001 m 0000100 "ä€"'.replace("0000100", "0000101"));
    const event = await came;
    assert.ok(event instanceof MessageEvent);
    assert.equal(event.constructor, MessageEvent);
    const { type, data, origin, lastEventId, source, bubbles, cancelable } = event;
    assert.deepEqual({ type, data, origin, lastEventId, source, bubbles, cancelable }, {
      type: "message",
      data: "ä€",
      origin: "ws://test:81",
      lastEventId: "",
      source: null,
      bubbles: false,
      cancelable: false,
    });
    assert.equal(event.target, socket);
  });

  it("has a Blob by default, without a type", async () => {
    const { socket, peer } = await openRawSocket();
    peer.send(BINARY);
    const data = await nextData(socket);
    assert.ok(data instanceof Blob);
    assert.deepEqual([data.size, data.type], [3, ""]);
    assert.deepEqual(new Uint8Array(await data.arrayBuffer()), Uint8Array.of(1, 2, 3));
  });

  it("has an ArrayBuffer of the receiver's own, or a Buffer, as binaryType says", async () => {
    const { socket, peer } = await openRawSocket();
    socket.binaryType = "arraybuffer";
    const both: ArrayBuffer[] = [];
    socket.onmessage = ({ data }) => both.push(data);
    peer.send(`${BINARY} | ${BINARY} | 1 000 0010 m 0000000`);
    await rest();
    assert.deepEqual(both.map((buffer) => buffer.constructor), [
      ArrayBuffer,
      ArrayBuffer,
      ArrayBuffer,
    ]);
    assert.deepEqual(both.map(({ byteLength }) => byteLength), [3, 3, 0]);
    assert.notEqual(both[0], both[1]);
    structuredClone(both[0], { transfer: [both[0]!] }); // takes no other message along
    assert.deepEqual(new Uint8Array(both[1]!), Uint8Array.of(1, 2, 3));

    socket.binaryType = "nodebuffer";
    peer.send(BINARY);
    const data = await nextData(socket);
    assert.ok(data instanceof StandIn);
    assert.deepEqual([...data], [1, 2, 3]);
  });

  it("a message event is made by the binaryType of its own task", async () => {
    const { socket, peer } = await openRawSocket();
    const types: unknown[] = [];
    socket.onmessage = ({ data }) => {
      types.push(Object.prototype.toString.call(data));
      socket.binaryType = "arraybuffer";
    };
    peer.send(`${BINARY} | ${BINARY}`);
    await rest();
    assert.deepEqual(types, ["[object Blob]", "[object ArrayBuffer]"]);
  });

  it("comes for fragments once the message is whole", async () => {
    const { peer, events } = await openRawSocket();
    peer.send('0 000 0001 m 0000001 "a" | 1 000 1001 m 0000000 | 0 000 0000 m 0000001 "b"');
    await rest();
    assert.deepEqual(events, []);
    peer.send('1 000 0000 m 0000001 "c"');
    await rest();
    assert.deepEqual(events, ["message abc"]);
  });
});

describe("binaryType of a WebSocket", () => {
  it("ignores what it does not know", async () => {
    const { socket } = await openRawSocket();
    socket.binaryType = "arraybuffer";
    for (const value of ["Blob", "", null, undefined, 1, {}]) {
      socket.binaryType = value as BinaryType;
      assert.equal(socket.binaryType, "arraybuffer");
    }
    socket.binaryType = "blob";
    assert.equal(socket.binaryType, "blob");
  });
});

describe("the tasks of a WebSocket's events", () => {
  it("come one by one: what one has promised is done before the next", async () => {
    const { socket, peer } = await openRawSocket();
    const order: string[] = [];
    socket.onmessage = async ({ data }) => {
      order.push(data);
      for (let turn = 0; turn < 20; turn++) await null;
      order.push(`${data} done`);
    };
    peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 0001 m 0000001 "c"');
    await rest();
    assert.deepEqual(order, ["a", "a done", "b", "b done", "c", "c done"]);
  });

  it("never run inside the code that made them, nor in a promise of it", async () => {
    const { peer, events } = await openRawSocket();
    peer.send('1 000 0001 m 0000001 "a"');
    await settle();
    assert.deepEqual(events, []);
    await rest();
    assert.deepEqual(events, ["message a"]);
  });

  it("drop a message when the socket was closed before its turn", async () => {
    const { socket, peer } = await openRawSocket();
    const got: string[] = [];
    socket.onmessage = ({ data }) => {
      got.push(data);
      socket.close();
    };
    peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
    await rest();
    assert.deepEqual(got, ["a"]);
  });
});

describe("a chunk that comes in a task of the system", () => {
  const ABC = '1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 0001 m 0000001 "c"';

  it("gives its task to its first message, and the others have their own", async () => {
    const { peer, events } = await openRawSocket({ hasChunkTasks: true });
    peer.send(ABC);
    await settle();
    assert.deepEqual(events, ["message a"]);
    await rest();
    assert.deepEqual(events, ["message a", "message b", "message c"]);
  });

  it("gives it to none while one of its socket, or of another one, has not had its turn", async () => {
    const { Socket, surrounding } = rawSocketClass({ hasChunkTasks: true });
    const sockets = ["ws://one/", "ws://two/"].map((url) => recordEvents(new Socket(url)));
    await rest();
    const [one, two] = surrounding.peers;
    for (const peer of [one!, two!]) peer.write(acceptance(peer));
    await rest();
    sockets.forEach((events) => events.splice(0));
    one!.send(ABC);
    two!.send(ABC); // comes before the promises of the first event are through
    await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
    one!.send('1 000 0001 m 0000001 "d"');
    await settle();
    assert.deepEqual(sockets, [["message a"], []]);
    await rest();
    assert.deepEqual(sockets, [
      ["message a", "message b", "message c", "message d"],
      ["message a", "message b", "message c"],
    ]);
  });

  it("brings no message before the open event, when it has the answer too", async () => {
    const { peer, events } = await connectRawSocket({ hasChunkTasks: true });
    const head = new TextEncoder().encode(acceptance(peer));
    peer.write(concat([head, bits('1 000 0001 m 0000001 "a"', "server")]));
    await settle();
    assert.deepEqual(events, []);
    await rest();
    assert.deepEqual(events, ["open", "message a"]);
  });

  it("has what its listeners send leave in one write", async () => {
    const { socket, peer } = await openRawSocket({ hasChunkTasks: true });
    socket.onmessage = ({ data }) => socket.send(data);
    let chunks = 0;
    const { onChunk } = peer;
    peer.onChunk = (chunk) => {
      chunks++;
      onChunk.call(peer, chunk);
    };
    peer.send(ABC);
    await rest();
    assert.deepEqual(peer.takeFrames(), ['text "a"', 'text "b"', 'text "c"']);
    assert.equal(chunks, 2); // the reply to the first message, and those to the others
  });
});

describe("a WebSocket whose listeners are slower than its peer", () => {
  it("holds the peer back, and misses nothing", async () => {
    const { socket, peer, transport } = await openRawSocket();
    socket.binaryType = "arraybuffer";
    let came = 0, held = false;
    socket.onmessage = () => {
      came++;
      held ||= transport.isPaused;
    };
    const frame = Array.from({ length: 40 }, () => "1 000 0010 m 1111110 +4000 *16384").join("|");
    peer.send(frame);
    await settle(); // 640 KiB came, and no task has run
    assert.ok(transport.isPaused);
    const tasks = new EventLoopTasks();
    while (came < 40) await new Promise<void>((resolve) => tasks.queue(resolve));
    assert.ok(held);
    assert.ok(!transport.isPaused);
  });
});
