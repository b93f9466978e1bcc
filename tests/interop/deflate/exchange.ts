/**
 * What a client and an echo server say to each other when both compress. Small messages refer
 * to earlier ones, some cannot be compressed, and large ones come in many pieces.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Message } from "../checks.ts";

/** A client connection of any library. */
export interface DeflateClient {
  /** The agreed parameters, as the response names them. */
  readonly extensions: string;
  send(message: Message): unknown;
  receive(): Promise<Message>;
  sendFragments?(parts: readonly string[]): unknown;
  close(code: number, reason: string): Promise<unknown>;
}

/** One row of the table: a configuration of the client's and one of the server's. */
export interface Trial {
  readonly name: string;
  dial(): Promise<DeflateClient>;
}

/** Messages that are large or cannot be compressed are sent once, the others again after them. */
const ROUNDS = 2;
const SMALL_LENGTH = 5_000;
const PATIENCE_MS = 50_000;
const LINE = '{"user":"user 7919","text":"é☃😀","at":[1.5,2.25]}\n';
const MESSAGES: readonly Message[] = [
  "",
  "again and again ".repeat(20),
  LINE.repeat(5),
  LINE.repeat(6_000),
  noise(500),
  LINE.repeat(40) + "the end",
  noise(70_000),
  new TextEncoder().encode(LINE.repeat(30)),
  new Uint8Array(200_000),
];

function noise(length: number): Uint8Array {
  let state = 7692;
  return new Uint8Array(length).map(() => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
}

async function exchange(client: DeflateClient): Promise<void> {
  assert.match(client.extensions, /^permessage-deflate/);
  for (let round = 0; round < ROUNDS; round++) {
    for (const message of MESSAGES) {
      if (round > 0 && message.length > SMALL_LENGTH) continue;
      await client.send(message);
      const answer = await client.receive();
      assert.ok(isSame(answer, message), `message ${MESSAGES.indexOf(message)}, round ${round}`);
    }
    if (client.sendFragments === undefined) continue;
    await client.sendFragments([LINE.repeat(20), "", LINE.repeat(20), "end"]);
    assert.equal(await client.receive(), `${LINE.repeat(40)}end`);
  }
  await client.close(1000, "");
}

function isSame(one: Message, other: Message): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** The addresses of a server's configurations, which its first address answers to a GET. */
export async function askForServers(url: string): Promise<Readonly<Record<string, string>>> {
  return await (await fetch(url.replace(/^ws/, "http"))).json();
}

/** Runs all rows and prints one line for each. */
export async function runTrials(trials: readonly Trial[]): Promise<void> {
  for (const { name, dial } of trials) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
      });
      await Promise.race([dial().then(exchange), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`FAIL ${name}: ${String(error).replaceAll(/\s+/g, " ").slice(0, 200)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
