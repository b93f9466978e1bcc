/** Happy Eyeballs (RFC 8305) on a virtual clock. @module */
import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  type AddressFault,
  connectFirst,
  interleaveFamilies,
} from "../../src/client/connect_first.ts";
import { makeDeferred } from "../../src/promises.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";

/** A race whose attempts the test decides. */
function race(addresses: readonly string[]) {
  const clock = new VirtualClock(), stop = new AbortController();
  const tried: string[] = [], aborted: string[] = [], discarded: string[] = [];
  const attempts = new Map<
    string,
    ReturnType<typeof makeDeferred<string>> & { onConnect(): void }
  >();
  const won = connectFirst<string>({
    addresses,
    clock,
    signal: stop.signal,
    connect(address, { signal, onConnect }) {
      tried.push(address);
      const attempt = { ...makeDeferred<string>(), onConnect };
      attempts.set(address, attempt);
      signal.addEventListener("abort", () => {
        aborted.push(address);
        attempt.reject(signal.reason);
      });
      return attempt.promise;
    },
    discard: (late) => void discarded.push(late),
  });
  won.catch(() => {});
  const at = (address: string) => attempts.get(address) ?? assert.fail(`${address} was not tried`);
  return { clock, stop, tried, aborted, discarded, won, at };
}

describe("connectFirst", () => {
  itEnds("tries families in turn (section 4)", () => {
    assert.deepEqual(interleaveFamilies(["::1", "::2", "::3", "1.1.1.1"]), [
      "::1",
      "1.1.1.1",
      "::2",
      "::3",
    ]);
    assert.deepEqual(interleaveFamilies(["1.1.1.1", "::1", "2.2.2.2"]), [
      "1.1.1.1",
      "::1",
      "2.2.2.2",
    ]);
    assert.deepEqual(interleaveFamilies([]), []);
    return Promise.resolve();
  });

  itEnds(
    "tries the next address after 250 ms, and drops the others when one is there",
    async () => {
      const { clock, tried, aborted, won, at } = race(["::1", "1.1.1.1", "::2"]);
      await clock.advance(249);
      assert.deepEqual(tried, ["::1"]);
      await clock.advance(1);
      assert.deepEqual(tried, ["::1", "1.1.1.1"]);
      at("1.1.1.1").resolve("four");
      assert.equal(await won, "four");
      assert.deepEqual(aborted, ["::1"]);
      await clock.advance(1_000);
      assert.deepEqual(tried, ["::1", "1.1.1.1"]);
      assert.equal(clock.pending, 0);
    },
  );

  itEnds("tries the next address at once when one fails", async () => {
    const { clock, tried, won, at } = race(["::1", "1.1.1.1"]);
    at("::1").reject(new Error("refused"));
    await settle();
    assert.deepEqual(tried, ["::1", "1.1.1.1"]);
    at("1.1.1.1").resolve("four");
    assert.equal(await won, "four");
    assert.equal(clock.pending, 0);
  });

  itEnds("begins no other once TCP is connected, also when TLS then fails", async () => {
    const { clock, tried, aborted, won, at } = race(["::1", "1.1.1.1", "::2"]);
    await clock.advance(250);
    at("::1").onConnect();
    assert.deepEqual(aborted, ["1.1.1.1"]);
    await clock.advance(1_000);
    assert.equal(tried.length, 2);
    const fault = new Error("certificate");
    at("::1").reject(fault);
    await assert.rejects(won, (faults: readonly AddressFault[]) => {
      assert.deepEqual(faults, [{ address: "::1", error: fault }]);
      return true;
    });
  });

  itEnds("tells the fault of each address", async () => {
    const { won, at } = race(["::1", "1.1.1.1"]);
    at("::1").reject("a");
    await settle();
    at("1.1.1.1").reject("b");
    await assert.rejects(won, (faults: readonly AddressFault[]) => {
      assert.deepEqual(faults.map(({ address, error }) => [address, error]), [
        ["::1", "a"],
        ["1.1.1.1", "b"],
      ]);
      return true;
    });
  });

  itEnds("ends with its signal", async () => {
    const { stop, clock, won, aborted } = race(["::1", "1.1.1.1"]);
    stop.abort(new Error("enough"));
    await assert.rejects(won);
    assert.deepEqual(aborted, ["::1"]);
    assert.equal(clock.pending, 0);
  });
});
