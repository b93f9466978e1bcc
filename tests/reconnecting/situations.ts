/**
 * What happens to clients of the real network, on real sockets, and what their program sees of it.
 * The table in docs/client.md shows these rows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect as connectSocket, createServer } from "node:net";
import {
  connect,
  type HandlerProducer,
  serve,
  type ServeOptions,
  WebSocketError,
  type WebSocketHandler,
  type WebSocketServer,
} from "../../mod.ts";
import { systemClock } from "../../src/clock.ts";
import { Pings } from "../../src/framed/pings.ts";
import { answerPolicy } from "../../src/reconnecting/answers.ts";
import type { ReconnectHost } from "../../src/reconnecting/host.ts";
import { isCloseInfo } from "../../src/reconnecting/options.ts";
import {
  type ReconnectingOptions,
  startReconnecting,
} from "../../src/reconnecting/reconnecting.ts";
import { findFreePort } from "../helpers/daemon.ts";
import { cert, key } from "../helpers/tls/fixtures.ts";
import { eventually } from "../helpers/waiting.ts";

/** One row. */
export interface Situation {
  readonly name: string;
  /** The events that the program sees, in order. */
  readonly seen: string;
  /** Lets it happen. */
  run(): Promise<readonly string[]>;
}

/** A program that follows a server, and its notes. */
class Follower {
  readonly notes: string[] = [];
  readonly delays: number[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(url: string, options: ReconnectingOptions & { host?: Partial<ReconnectHost> } = {}) {
    const { host, ...rest } = options;
    const connections = startReconnecting({ ...makeHost(), ...host }, url, {
      ...{ firstDelayMs: 20, maxDelayMs: 200 },
      ...{ pingIntervalMs: Infinity, signal: this.#stop.signal },
      onAttempt: ({ delayMs, cause }) => {
        if (cause instanceof WebSocketError) this.#note(`attempt after ${nameOf(cause)}`);
        this.delays.push(delayMs);
      },
      ...rest,
    });
    this.#done = this.#follow(connections);
  }

  /** How many connections there were. */
  get opened(): number {
    return this.notes.filter((note) => note === "open").length;
  }

  /** Waits for a connection. */
  async untilOpen(count: number): Promise<void> {
    await eventually(`connection ${count}`, () => this.opened >= count);
  }

  /** Waits until it has given up. */
  async untilEnded(): Promise<readonly string[]> {
    await this.#done;
    return this.notes;
  }

  /** Ends it. */
  async stop(): Promise<readonly string[]> {
    const notes = [...this.notes];
    this.#stop.abort();
    await this.#done;
    return notes;
  }

  async #follow(connections: ReturnType<typeof startReconnecting>): Promise<void> {
    try {
      for await (const connection of connections) {
        this.notes.push("open");
        const closing = await connection.closed;
        if (this.#stop.signal.aborted) return;
        const { cause } = closing.cause as { cause?: unknown } ?? {};
        this.notes.push(
          `closed ${closing.code}${cause instanceof WebSocketError ? ` ${cause.code}` : ""}`,
        );
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#note(`throws ${nameOf(error)}`);
    }
  }

  /** The same several times in a row is one note: how often depends on the machine. */
  #note(note: string): void {
    if (this.notes.at(-1) !== note) this.notes.push(note);
  }
}

function nameOf(error: unknown): string {
  if (isCloseInfo(error)) return `${error.code}`;
  if (!(error instanceof WebSocketError)) return String(error);
  return error.status === undefined ? error.code : `${error.code} ${error.status}`;
}

/** Real sockets, and no chance. */
function makeHost(): ReconnectHost {
  return {
    connect,
    clock: systemClock,
    wallNow: Date.now,
    random: () => 0.999,
    listenForSigns: () => () => {},
    makePings: (pings) => new Pings(pings, systemClock),
    canClose: () => true,
    answers: answerPolicy,
  };
}

const idle: WebSocketHandler = { session: async (connection) => void await connection.closed };

async function withServer<T>(
  handler: WebSocketHandler | HandlerProducer,
  options: ServeOptions,
  use: (url: string, server: WebSocketServer) => Promise<T>,
): Promise<T> {
  const server = await serve(options, handler);
  const { port } = server.address as { port: number };
  try {
    return await use(`${options.tls === undefined ? "ws" : "wss"}://localhost:${port}/`, server);
  } finally {
    await server.close({ timeoutMs: 0 });
  }
}

/** A relay that can drop what goes through it, or keep silent. */
async function startRelay(to: number): Promise<{
  port: number;
  cut(): void;
  silence(): void;
  close(): void;
}> {
  const pairs = new Set<() => void>();
  let isSilent = false;
  const relay = createServer((near) => {
    const far = connectSocket(to, "127.0.0.1");
    const cut = (): void => {
      near.resetAndDestroy();
      far.destroy();
    };
    pairs.add(cut);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      socket.on("data", (chunk) => isSilent || other.write(chunk));
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(cut);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    cut: () => pairs.forEach((cut) => cut()),
    silence: () => void (isSilent = true),
    close: () => void relay.close(),
  };
}

const portOf = (url: string): number => Number(new URL(url).port);

/** All rows. */
export const SITUATIONS: readonly Situation[] = [
  {
    name: "server restart",
    seen: "open, closed 1001, attempt after ERR_CONNECT, open",
    async run() {
      const port = await findFreePort();
      const before = await serve({ port }, idle);
      const follower = new Follower(`ws://127.0.0.1:${port}/`);
      await follower.untilOpen(1);
      await before.close();
      await eventually(
        "a refused attempt",
        () => follower.notes.includes("attempt after ERR_CONNECT"),
      );
      const after = await serve({ port }, idle);
      await follower.untilOpen(2);
      const notes = await follower.stop();
      await after.close({ timeoutMs: 0 });
      return notes;
    },
  },
  {
    name: "refusal with `Retry-After: 1`",
    seen: "attempt after ERR_HANDSHAKE_STATUS 503, open",
    async run() {
      let asked = 0;
      const refusal = { status: 503, headers: { "Retry-After": "1" } };
      const handler: HandlerProducer = () => asked++ === 0 ? new Response(null, refusal) : idle;
      return await withServer(handler, {}, async (url) => {
        const follower = new Follower(url);
        await follower.untilOpen(1);
        assert.ok(follower.delays[1]! >= 1_000, `it waited ${follower.delays[1]} ms`);
        return await follower.stop();
      });
    },
  },
  {
    name: "flapping network",
    seen: "open, closed 1006, open, closed 1006, open, closed 1006, open",
    run: () =>
      withServer(idle, {}, async (url) => {
        const relay = await startRelay(portOf(url));
        const follower = new Follower(`ws://127.0.0.1:${relay.port}/`);
        for (let count = 1; count <= 3; count++) {
          await follower.untilOpen(count);
          relay.cut();
        }
        await follower.untilOpen(4);
        const notes = await follower.stop();
        relay.close();
        assert.deepEqual(follower.delays.map(Math.round), [0, 40, 80, 160], "the delays double");
        return notes;
      }),
  },
  {
    name: "sleep, and the connection is dead after it",
    seen: "open, closed 1006 ERR_KEEPALIVE, open",
    run: () =>
      withServer(idle, {}, async (url) => {
        const relay = await startRelay(portOf(url));
        let sleptMs = 0, to = relay.port;
        const speed = 50; // the 5 s between two looks are 0.1 s
        const follower = new Follower("", {
          host: {
            clock: {
              ...systemClock,
              after: (ms, callback) => systemClock.after(ms / speed, callback),
            },
            wallNow: () => Date.now() * speed + sleptMs,
            connect: (_url, options) => connect(`ws://127.0.0.1:${to}/`, options),
          },
        });
        await follower.untilOpen(1);
        relay.silence();
        to = portOf(url);
        sleptMs = 3_600_000;
        await follower.untilOpen(2);
        const notes = await follower.stop();
        relay.cut();
        relay.close();
        return notes;
      }),
  },
  {
    name: "expired token, from a function",
    seen: "open, closed 4001, open",
    async run() {
      let current = 1, given = 0;
      const handler: HandlerProducer = ({ headers }) => {
        if (headers.get("authorization") !== `Bearer ${current}`) {
          return new Response(null, { status: 401 });
        }
        return {
          open: (connection) => void (current === 1 && connection.close(4001, `${current++}`)),
          message() {},
        };
      };
      return await withServer(handler, {}, async (url) => {
        const follower = new Follower(url, {
          headers: () => ({ Authorization: `Bearer ${++given}` }),
        });
        await follower.untilOpen(2);
        return await follower.stop();
      });
    },
  },
  {
    name: "expired token, always the same",
    seen: "throws ERR_HANDSHAKE_STATUS 401",
    run: () =>
      withServer(
        () => new Response(null, { status: 401 }),
        {},
        (url) => new Follower(url).untilEnded(),
      ),
  },
  {
    name: "wrong certificate",
    seen: "throws ERR_CERTIFICATE",
    run: () => withServer(idle, { tls: { cert, key } }, (url) => new Follower(url).untilEnded()),
  },
  {
    name: "proxy down, with `maxAttempts: 3`",
    seen: "attempt after ERR_CONNECT, throws ERR_RECONNECT",
    run: () =>
      withServer(idle, {}, async (url) => {
        const proxy = `http://127.0.0.1:${await findFreePort()}`;
        return await new Follower(url, { proxy, maxAttempts: 3 }).untilEnded();
      }),
  },
];
