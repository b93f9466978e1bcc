/**
 * Topics in one process: who gets what, and what is left when they have gone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Topics } from "../../src/topics/topics.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { openReceiver, openReceivers } from "../helpers/audience.ts";
import { idle, isSettled, itEnds, rejectsWith } from "../helpers/connections.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("Topics", () => {
  itEnds("sends a message to all subscribers of its topic, and to no other", async () => {
    const topics = new Topics(), [a, b, c] = await openReceivers(3);
    for (const { connection } of [a!, b!]) topics.subscribe(connection, "news");
    topics.subscribe(c!.connection, "weather");
    await topics.publish("news", "one");
    await topics.publish("news", Uint8Array.of(2));
    await topics.publish("weather", "rain");
    await topics.publish("sports", "nothing");
    await settle();
    assert.deepEqual(a!.got, ["one", Uint8Array.of(2)]);
    assert.deepEqual(b!.got, a!.got);
    assert.deepEqual(c!.got, ["rain"]);
  });

  itEnds("leaves out the connection that a message came from", async () => {
    const topics = new Topics(), [a, b] = await openReceivers(2);
    for (const { connection } of [a!, b!]) topics.subscribe(connection, "room");
    await topics.publish("room", "hi", { except: a!.connection });
    await settle();
    assert.deepEqual([a!.got, b!.got], [[], ["hi"]]);
  });

  itEnds("takes the bytes at once: changing them later changes nothing", async () => {
    const topics = new Topics(), { connection, got } = await openReceiver();
    topics.subscribe(connection, "room");
    const bytes = Uint8Array.of(1, 2, 3);
    topics.publish("room", bytes);
    bytes.fill(9);
    await settle();
    assert.deepEqual(got, [Uint8Array.of(1, 2, 3)]);
  });

  itEnds("counts subscribers, and names the topics of a connection", async () => {
    const topics = new Topics(), [a, b] = await openReceivers(2);
    topics.subscribe(a!.connection, "x");
    topics.subscribe(a!.connection, "y");
    topics.subscribe(b!.connection, "x");
    assert.deepEqual([topics.count("x"), topics.count("y"), topics.count("z")], [2, 1, 0]);
    assert.deepEqual(topics.names(a!.connection), ["x", "y"]);
    assert.equal(topics.unsubscribe(a!.connection, "x"), true);
    assert.equal(topics.unsubscribe(a!.connection, "x"), false);
    assert.deepEqual(topics.names(a!.connection), ["y"]);
    assert.equal(topics.count("x"), 1);
  });

  itEnds("leave nothing behind on a connection that comes and goes", async () => {
    const topics = new Topics(), { connection } = await openReceiver();
    let asked = 0;
    const counted = new Proxy(connection, {
      get(target, name) {
        if (name === "closed") asked++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    for (let round = 0; round < 10; round++) {
      topics.subscribe(counted, "room");
      topics.unsubscribe(counted, "room");
    }
    assert.equal(asked, 1, "a promise keeps all that was ever hung on it");
  });

  itEnds("subscribed twice, a connection gets a message once", async () => {
    const topics = new Topics(), { connection, got } = await openReceiver();
    topics.subscribe(connection, "room");
    topics.subscribe(connection, "room", { format: ({ message }) => `new: ${message}` });
    assert.equal(topics.count("room"), 1);
    await topics.publish("room", "hi");
    await settle();
    assert.deepEqual(got, ["new: hi"]);
  });

  itEnds("a closed connection has left all its topics, and so has one that was lost", async () => {
    const topics = new Topics(), [a, b] = await openReceivers(2);
    for (const { connection } of [a!, b!]) {
      for (const name of ["x", "y"]) topics.subscribe(connection, name);
    }
    await a!.pair.client.close();
    await settle();
    assert.deepEqual([topics.names(a!.connection), topics.count("x")], [[], 1]);
    b!.pair.transports.server.lose();
    await settle();
    assert.deepEqual([topics.names(b!.connection), topics.count("x"), topics.count("y")], [
      [],
      0,
      0,
    ]);
  });

  itEnds("a connection that is closing is sent nothing more", async () => {
    const topics = new Topics();
    const { peer, connection } = await openToServer(idle());
    topics.subscribe(connection, "room");
    connection.close();
    await topics.publish("room", "too late");
    assert.deepEqual(await peer.frames(), ["close 1000"]);
    await rejectsWith(topics.subscribe(connection, "room"), "ERR_CLOSED");
    assert.equal(topics.count("other"), 0);
  });

  itEnds("a message in fragments is not torn apart by what is published", async () => {
    const topics = new Topics();
    const { peer, connection } = await openToServer(idle());
    topics.subscribe(connection, "room");
    connection.send("Hel", { final: false });
    topics.publish("room", "between");
    connection.send("lo");
    await settle();
    assert.deepEqual(await peer.frames(), [
      'text "Hel" ...',
      "continuation 6c6f",
      'text "between"',
    ]);
  });

  itEnds("formats a message once for all subscriptions that share the function", async () => {
    const topics = new Topics(), receivers = await openReceivers(3);
    let calls = 0;
    const format = ({ name, message }: { name: string; message: unknown }): string => {
      calls++;
      return `${name}: ${message}`;
    };
    for (const { connection } of receivers) topics.subscribe(connection, "room", { format });
    await topics.publish("room", "hi");
    await settle();
    assert.deepEqual(receivers.map(({ got }) => got), [["room: hi"], ["room: hi"], ["room: hi"]]);
    assert.equal(calls, 1);
  });

  itEnds("Topics without a history says that nothing was resumed", async () => {
    const topics = new Topics(), { connection } = await openReceiver();
    assert.deepEqual(await topics.subscribe(connection, "a"), {
      epoch: "",
      offset: 0,
      resumed: false,
      lost: null,
    });
    const since = { epoch: "e", offset: 5 };
    assert.deepEqual(await topics.subscribe(connection, "b", { since }), {
      epoch: "",
      offset: 0,
      resumed: false,
      lost: { from: 6, to: null },
    });
  });

  itEnds("publish waits for nobody while all keep up", async () => {
    const topics = new Topics(), { connection } = await openReceiver();
    topics.subscribe(connection, "room");
    assert.equal(await isSettled(topics.publish("room", "x".repeat(1000))), true);
  });
});

describe("Topics refuse", () => {
  const topics = new Topics();

  it("names and messages that are none", () => {
    for (const name of ["", 5, null] as string[]) {
      assert.throws(
        () => topics.publish(name, "x"),
        /^TypeError: publish: the name of a topic must/,
      );
    }
    const bad = 5 as unknown as string;
    assert.throws(
      () => topics.publish("a", bad),
      /^TypeError: publish: a message must be a string/,
    );
  });

  it("options that make no sense, by name", () => {
    assert.throws(
      () => new Topics({ history: { messages: 0, seconds: 1 } }),
      /history\.messages: /,
    );
    assert.throws(() => new Topics({ history: { messages: 1, seconds: 0 } }), /history\.seconds: /);
    assert.throws(() => new Topics({ maxBehindBytes: -1 }), /^RangeError: maxBehindBytes: /);
    assert.throws(() => new Topics({ maxWaiting: 0.5 }), /^RangeError: maxWaiting: /);
    assert.throws(
      () => new Topics({ policy: "drop" as "wait" }),
      /^TypeError: policy: must be one of/,
    );
  });
});
