/** Slots of a cluster, and names in Redis. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redisBackplane } from "../../../src/topics/redis/mod.ts";
import { RedisKeys } from "../../../src/topics/redis/keys.ts";
import { SlotMap, slotOf } from "../../../src/topics/redis/slots.ts";

describe("slots of a Redis cluster", () => {
  it("are those of the specification", () => {
    // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/: CRC16 of
    // "123456789" is 0x31c3.
    assert.equal(slotOf("123456789"), 0x31c3);
    assert.equal(slotOf("foo"), 12182);
    assert.equal(slotOf("a{foo}b"), 12182);
    assert.equal(slotOf("{}foo"), slotOf("{}foo"));
    assert.notEqual(slotOf("{}foo"), 12182);
  });

  it("belong to the node that the cluster names", () => {
    const map = new SlotMap([[0, 8191, ["h1", 1, "id"]], [8192, 16383, ["h2", 2, "id"]]]);
    assert.deepEqual(map.nodeOf("{foo}"), { host: "h2", port: 2 });
    assert.throws(() => new SlotMap([]).nodeOf("a"), /no node has slot/);
  });
});

describe("names in Redis", () => {
  const keys = new RedisKeys("app:");

  it("names in Redis of one topic are of one slot, of many topics of at most 128", () => {
    const slots = new Set<number>();
    for (let number = 0; number < 2_000; number++) {
      const topic = `topic ${number} {x}`;
      const names = [
        keys.channel(topic),
        keys.stream(topic),
        keys.last(topic),
        keys.sequence(topic, "o"),
      ];
      assert.equal(new Set(names.map(slotOf)).size, 1);
      slots.add(slotOf(names[0]!));
    }
    assert.equal(slots.size, 128);
  });

  it("names of channels in Redis contain the topic, and no two topics have one channel", () => {
    const topics = ["a", "{a}c:b", "b", "}c:", "€"];
    for (const topic of topics) assert.ok(keys.channel(topic).endsWith(`}c:${topic}`));
    assert.equal(new Set(topics.map((topic) => keys.channel(topic))).size, topics.length);
  });
});

describe("redisBackplane", () => {
  it("refuses what is no client, and prefixes that would be hash tags", () => {
    const client = { sendCommand: () => Promise.resolve(), duplicate: () => ({}) };
    for (const bad of [null, {}, 5]) {
      assert.throws(
        () => redisBackplane(bad as unknown as typeof client),
        /^TypeError: client: must be/,
      );
    }
    assert.throws(() => redisBackplane(client, { prefix: "{a}" }), /^TypeError: prefix: must be/);
  });
});
