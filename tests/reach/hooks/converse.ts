/**
 * The part of a conversation that applications of several frameworks have in common.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/ws/mod.ts";
import { nextClose, nextMessage } from "../../ws/helpers.ts";

/**
 * Gets the page; two clients are welcomed, one hears the other, which is closed with 4000 and
 * `reason`.
 */
export async function converse(place: string, reason: string): Promise<void> {
  assert.equal(await (await fetch(`http://${place}/`)).text(), "a page");
  const [a, b] = [0, 1].map(() => new WebSocket(`ws://${place}/chat`));
  const welcome = '{"welcome":"you"}';
  assert.deepEqual(await Promise.all([a!, b!].map(nextMessage)), [welcome, welcome]);
  a!.send("hello");
  assert.equal(await nextMessage(b!), "hello");
  a!.send("bye");
  assert.deepEqual(await nextClose(a!), [4000, reason]);
}

/** Waits for the refusal of a client. */
export async function nextRefusal(url: string): Promise<Error> {
  const refused = new WebSocket(url);
  return await new Promise<Error>((resolve) => refused.once("error", resolve));
}
