import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isDisturbed,
  isLoadLimited,
  type Sample,
  series,
  toSample,
} from "../../../scripts/bench/samples.ts";
import { isNoise, ratiosOf, spread } from "../../../scripts/bench/statistics.ts";

const load = { mode: "echo", connections: 1, inFlight: 1, bytes: 100 } as const;
const busy = (serverBusy: number, loadBusy: number): Sample => ({
  perSecond: 1,
  cpuUs: 1,
  cpuNsPerByte: 1,
  serverBusy,
  loadBusy,
});

describe("spread", () => {
  it("spread is the middle value and both ends, in any order and of any number", () => {
    assert.deepEqual(spread([30, 4, 100]), { median: 30, least: 4, most: 100 });
    assert.deepEqual(spread([9, 1, 3, 5]), { median: 4, least: 1, most: 9 });
    assert.deepEqual(spread([2]), { median: 2, least: 2, most: 2 });
    assert.equal(spread([]), null);
  });

  it("leaves its values as they are", () => {
    const values = [3, 1, 2];
    spread(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
});

describe("ratiosOf", () => {
  it("divides round by round, not median by median", () => {
    // A machine that was half as fast in the second round.
    assert.deepEqual(ratiosOf([200, 100, 200], [100, 50, 100]), [2, 2, 2]);
    assert.deepEqual(ratiosOf([1, 9, 4], [1, 1, 2]), [1, 9, 2]);
  });

  it("takes the rounds that both have, and no quotient of nothing", () => {
    assert.deepEqual(ratiosOf([6, 6, 6], [2]), [3]);
    assert.deepEqual(ratiosOf([], [1]), []);
    assert.deepEqual(ratiosOf([1], [0]), []);
  });
});

describe("isNoise", () => {
  it("isNoise is true of rounds that are more than a quarter apart", () => {
    assert.equal(isNoise({ median: 1, least: 0.8, most: 1 }), false);
    assert.equal(isNoise({ median: 1, least: 0.79, most: 1 }), true);
  });
});

describe("samples", () => {
  it("are made of what the load reports", () => {
    const report = { messages: 1000, seconds: 0.5, serverCpuNs: 4e8, loadCpuNs: 1e8, bytesIn: 5e4 };
    const latencyUs = { p50: 1, p99: 2, p999: 3 };
    assert.deepEqual(toSample(load, { ...report, latencyUs }), {
      perSecond: 2000,
      cpuUs: 400,
      cpuNsPerByte: 4000,
      serverBusy: 0.8,
      loadBusy: 0.2,
      wireBytes: 50,
      ...latencyUs,
    });
  });

  it("have memory per connection only when connections are idle", () => {
    const report = { messages: 10, seconds: 1, serverCpuNs: 1, rssKib: 25 };
    assert.equal(toSample({ ...load, mode: "idle" }, report).kibPerConnection, 2.5);
    assert.equal(toSample(load, report).kibPerConnection, undefined);
  });

  it("have the whole memory of a server where the load tells it", () => {
    const report = { messages: 10, seconds: 1, serverCpuNs: 1, totalRssKib: 2048 };
    assert.equal(toSample({ ...load, mode: "fanout" }, report).mib, 2);
  });

  it("have time and pings of connections that are left alone", () => {
    const report = { messages: 10, seconds: 20, serverCpuNs: 2e5, rssKib: 25, pings: 30 };
    const sample = toSample({ ...load, mode: "keepalive" }, report);
    assert.equal(sample.idleUsPerSecond, 1, "200 µs of 10 connections in 20 s");
    assert.equal(sample.pings, 3);
    assert.equal(sample.kibPerConnection, 2.5);
    assert.equal(toSample(load, report).idleUsPerSecond, undefined);
  });

  it("say when it was the load, in most rounds, that could not do more", () => {
    assert.equal(isLoadLimited([busy(0.8, 0.9), busy(0.8, 0.9), busy(0.9, 0.8)]), true);
    assert.equal(isLoadLimited([busy(0.8, 0.9), busy(0.9, 0.8)]), false);
  });

  it("say when neither could", () => {
    assert.equal(isDisturbed(busy(0.5, 0.6)), true);
    assert.equal(isDisturbed(busy(0.5, 0.9)), false);
    assert.equal(isDisturbed(busy(0, 0.1)), false, "where the system does not tell of servers");
  });

  it("give one quantity without the rounds that lack it", () => {
    assert.deepEqual(series([busy(0.5, 1), busy(0.25, 1)], "serverBusy"), [0.5, 0.25]);
    assert.deepEqual(series([busy(0.5, 1)], "p50"), []);
    assert.deepEqual(series(undefined, "p50"), []);
  });

  it("tell how many messages a core could do, by the server's own time", () => {
    assert.deepEqual(series([{ ...busy(0.5, 1), cpuUs: 4 }], "perCpuSecond"), [250_000]);
  });
});
