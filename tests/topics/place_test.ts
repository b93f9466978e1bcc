/**
 * Where a subscriber is, and which events of the stream that its process follows are news to it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Position } from "../../src/topics/position.ts";
import { Place } from "../../src/topics/place.ts";

const at = (epoch: string, offset: number): Position => ({ epoch, offset });

/** A subscriber that has begun. */
function placeAt(epoch: string, offset: number): Place {
  const place = new Place();
  place.begin(at(epoch, offset));
  return place;
}

describe("the place of a subscriber", () => {
  it("moves on with each message, and takes none twice", () => {
    const place = placeAt("a", 3);
    assert.deepEqual([3, 4, 4, 6, 5].map((offset) => place.take(at("a", offset))), [
      "old",
      "next",
      "old",
      "next",
      "old",
    ]);
    assert.deepEqual(place.at, at("a", 6));
  });

  it("leaves out of a loss what it has", () => {
    const place = placeAt("a", 3);
    assert.equal(place.lose({ from: 1, to: 3 }, at("a", 3), at("a", 0)), "old");
    assert.deepEqual(place.lose({ from: 2, to: 5 }, at("a", 5), at("a", 1)), { from: 4, to: 5 });
    assert.deepEqual(place.at, at("a", 5));
    assert.deepEqual(place.lose({ from: 3, to: null }, at("b", 0), at("a", 2)), {
      from: 6,
      to: null,
    });
    assert.deepEqual(place.at, at("b", 0));
  });

  it("the place of a subscriber is not told of the epoch in which it has begun when the stream reaches it", () => {
    const place = placeAt("b", 2);
    assert.equal(place.lose({ from: 9, to: null }, at("b", 0), at("a", 8)), "old");
    assert.deepEqual([1, 2, 3].map((offset) => place.take(at("b", offset))), [
      "old",
      "old",
      "next",
    ]);
  });

  it("does not know another epoch, until it is told that the epoch is over", () => {
    const place = placeAt("c", 2);
    assert.equal(place.take(at("b", 7)), "unknown");
    assert.equal(place.lose({ from: 1, to: null }, at("b", 0), at("a", 0)), "unknown");
    place.end("b");
    assert.equal(place.take(at("b", 8)), "old");
    assert.equal(place.lose({ from: 1, to: null }, at("b", 0), at("a", 0)), "old");
    assert.deepEqual(place.at, at("c", 2));
  });
});
