/** Names in NATS. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { natsBackplane } from "../../../src/topics/nats/mod.ts";
import { NatsSubjects } from "../../../src/topics/nats/subjects.ts";
import { Topics } from "../../../src/topics/topics.ts";

describe("subjects", () => {
  it("are one token for each topic, without wildcards", () => {
    const subjects = new NatsSubjects("my.app");
    const names = ["a", "a.b", "*", ">", "a b", "€", "%2e", "."].map((topic) =>
      subjects.subject(topic)
    );
    for (const name of names) assert.match(name, /^my\.app\.[^.*>\s]+$/);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual([subjects.all, subjects.stream], ["my.app.*", "my_app_history"]);
  });
});

describe("natsBackplane", () => {
  const connection = {
    publish() {},
    subscribe: () => ({ unsubscribe() {} }),
    flush: () => Promise.resolve(),
    isClosed: () => false,
    async *status() {},
  };

  it("refuses what is no connection, and prefixes with wildcards", () => {
    const bad = {} as unknown as typeof connection;
    assert.throws(() => natsBackplane(bad), /^TypeError: connection: must be/);
    assert.throws(
      () => natsBackplane(connection, { prefix: "a.*" }),
      /^TypeError: prefix: must be/,
    );
  });

  it("asks for JetStream where topics have a history", () => {
    const backplane = natsBackplane(connection), history = { messages: 1, seconds: 1 };
    assert.throws(() => new Topics({ backplane, history }), /^TypeError: jetstream: must be/);
  });
});
