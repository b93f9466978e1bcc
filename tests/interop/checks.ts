/**
 * What every client asks of every server in the interop tests. The peers in other
 * languages repeat these checks in their own words; `README.md` beside this file says them.
 *
 * @module
 */
import assert from "node:assert/strict";

/** A whole message. */
export type Message = string | Uint8Array;

/** How a connection ended, as its client saw it. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** A client connection of any library; what it cannot do is not there. */
export interface Client {
  readonly protocol: string;
  send(message: Message): void | Promise<void>;
  /** The next message. Rejects when there will be none. */
  receive(): Promise<Message>;
  /** Sends one message in these fragments, and a ping between them where it can. */
  sendFragments?(parts: readonly Message[]): void | Promise<void>;
  /** Fulfilled when the pong is there. */
  ping?(): Promise<void>;
  close(code: number, reason: string): Promise<Ending>;
  readonly closed: Promise<Ending>;
}

/** Connects a client. */
export type Dial = (url: string, protocols: readonly string[]) => Promise<Client>;

/** The subprotocol that servers choose when it is offered. */
export const SUBPROTOCOL = "interop.fullduplex";
/** The reason of all closes: not ASCII, and not empty. */
export const REASON = "enough ☃";
/** The answer of a server to a check that it does not support. */
export const UNSUPPORTED = "unsupported";
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_048_576];
const NON_ASCII = "é☃😀\u0000\uffff\u{10ffff} ".repeat(5_000);

type Check = (
  dial: (path: string, protocols?: readonly string[]) => Promise<Client>,
) => Promise<void>;

async function expectEcho(client: Client, message: Message): Promise<void> {
  await client.send(message);
  assert.deepEqual(await client.receive(), message);
}

function assertSupported(answer: Message): void {
  if (answer === UNSUPPORTED) throw new NotApplicable();
}

/** A check that one of the two libraries has no means for. */
export class NotApplicable extends Error {}

/** All checks by name. */
export const checks: Readonly<Record<string, Check>> = {
  async text(dial) {
    const client = await dial("/echo");
    for (const size of SIZES) {
      await expectEcho(client, "text 0123456789".repeat(7e4).slice(0, size));
    }
    await client.close(1000, "");
  },
  async binary(dial) {
    const client = await dial("/echo");
    const bytes = new Uint8Array(1_048_576).map((_, i) => (i * 31 + (i >> 8)) & 255);
    for (const size of SIZES) await expectEcho(client, bytes.slice(0, size));
    await client.close(1000, "");
  },
  async "non-ASCII text"(dial) {
    const client = await dial("/echo");
    await expectEcho(client, NON_ASCII);
    await client.close(1000, "");
  },
  async "fragments by the client"(dial) {
    const client = await dial("/echo");
    if (client.sendFragments === undefined) throw new NotApplicable();
    await client.sendFragments(["frag", "", "mented ☃"]);
    assert.equal(await client.receive(), "fragmented ☃");
    await client.sendFragments([new Uint8Array(70_000), new Uint8Array([1]), new Uint8Array(0)]);
    const expected = new Uint8Array(70_001);
    expected[70_000] = 1;
    assert.deepEqual(await client.receive(), expected);
    await client.close(1000, "");
  },
  async "fragments by the server"(dial) {
    const client = await dial("/fragments");
    await client.send("in ☃ three ☃ parts");
    const answer = await client.receive();
    assertSupported(answer);
    assert.equal(answer, "in ☃ three ☃ parts");
    await client.close(1000, "");
  },
  async "ping by the client"(dial) {
    const client = await dial("/echo");
    if (client.ping === undefined) throw new NotApplicable();
    await client.ping();
    await expectEcho(client, "after the ping");
    await client.close(1000, "");
  },
  async "ping by the server"(dial) {
    const client = await dial("/ping");
    await client.send("ping me");
    const answer = await client.receive();
    assertSupported(answer);
    assert.equal(answer, "pong");
    await client.close(1000, "");
  },
  async subprotocol(dial) {
    const offered = await dial("/echo", ["other.example", SUBPROTOCOL]);
    assert.equal(offered.protocol, SUBPROTOCOL);
    await offered.close(1000, "");
    const plain = await dial("/echo");
    assert.equal(plain.protocol, "");
    await plain.close(1000, "");
  },
  async "close by the client"(dial) {
    const client = await dial("/echo");
    assert.deepEqual(await client.close(4000, REASON), { code: 4000, reason: REASON });
    // The server tells what it saw, maybe later than we did.
    const asking = await dial("/last-close");
    let answer: Message = "";
    for (let tries = 0; answer !== `4000 ${REASON}` && tries < 2_000; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await asking.send("?");
      answer = await asking.receive();
    }
    assert.equal(answer, `4000 ${REASON}`);
    await asking.close(1000, "");
  },
  async "close by the server"(dial) {
    const client = await dial("/close");
    await client.send("close me");
    assert.deepEqual(await client.closed, { code: 4001, reason: REASON });
  },
};

const CHECK_TIMEOUT_MS = 60_000;

/** Runs all checks against the server at `url` and prints one line for each. */
export async function runChecks(url: string, dial: Dial): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("no answer in time")), CHECK_TIMEOUT_MS);
      });
      await Promise.race([check((path, protocols = []) => dial(url + path, protocols)), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      if (error instanceof NotApplicable) console.log(`n/a ${name}`);
      else console.log(`FAIL ${name}: ${String(error).replaceAll(/\s+/g, " ").slice(0, 300)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
