/**
 * Clients of `redis` that may never be ready again. Its version 5 writes a command that was sent in
 * the turn in which the connection was reset into the lost connection. It then takes the replies of
 * the next handshake for those of that command, and waits for a last one that does not come: each
 * later command hangs (https://github.com/redis/node-redis/issues/3346 has the same end).
 *
 * @module
 */
import { systemClock, type TimerId } from "../../clock.ts";

/** The method by which a client is ended. That of sentinels returns a promise. */
interface Destroyable {
  destroy(): unknown;
}

/** A client that this library has made. */
interface OwnClient extends Destroyable {
  readonly isOpen: boolean;
  on(event: string, listener: (value: unknown) => void): unknown;
  connect(): Promise<unknown>;
}

/**
 * Milliseconds after which a client counts as one that never answers. It is longer than the pauses
 * between its attempts to connect.
 */
const ANSWER_MS = 5_000;

/** Sends commands over the application's client, or a duplicate when that gives no answer. */
export class Commands<Client extends object> {
  readonly #first: Client;
  readonly #makeAnother: ((silent: Client) => unknown) | null;
  #own: (Client & OwnClient) | null = null;
  #isClosed = false;

  /** `makeAnother` makes a client with the same options; with `null` there is only the first. */
  constructor(client: Client, makeAnother: ((silent: Client) => unknown) | null) {
    this.#first = client;
    this.#makeAnother = makeAnother;
  }

  /**
   * Sends a command. Rejects when there is no answer, and the next command uses a new client if one
   * can be made. The engine may have the command all the same: commands must be such that they can
   * be repeated.
   */
  run(send: (client: Client) => Promise<unknown>): Promise<unknown> {
    const client = this.#own ?? this.#first, answer = send(client);
    return new Promise((resolve, reject) => {
      const timer = systemClock.after(ANSWER_MS, () => {
        this.#replace(client);
        reject(new Error(`Redis: no answer within ${ANSWER_MS} ms`));
      });
      answer.finally(() => systemClock.clear(timer)).then(resolve, (error) => {
        if (this.#own === client && !this.#own.isOpen) this.#own = null; // it has stopped to try
        reject(error);
      });
    });
  }

  /** Closes the client that was opened here, if any. */
  close(): void {
    this.#isClosed = true;
    if (this.#own !== null) void destroy(this.#own);
    this.#own = null;
  }

  #replace(silent: Client): void {
    if (this.#isClosed || (this.#own ?? this.#first) !== silent) return; // it was replaced
    if (this.#makeAnother === null) return;
    if (this.#own !== null) void destroy(this.#own);
    const own = this.#makeAnother(silent) as Client & OwnClient;
    this.#own = own;
    own.on("error", () => {}); // it connects again
    own.connect().catch(() => {});
  }
}

/**
 * Ends a client. One that has stopped to try throws or rejects instead, for example after its
 * `socketTimeout`, and needs no end.
 */
export async function destroy(client: Destroyable): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It was closed.
  }
}

/** Calls back when a client that is lost has said nothing for a while. */
export class Watch {
  readonly #onSilent: () => void;
  #timer: TimerId = null;

  constructor(onSilent: () => void) {
    this.#onSilent = onSilent;
  }

  /** The client has said that it is not connected. */
  start(): void {
    this.stop();
    this.#timer = systemClock.after(ANSWER_MS, this.#onSilent);
  }

  /** The client is connected, or not needed. */
  stop(): void {
    if (this.#timer !== null) systemClock.clear(this.#timer);
    this.#timer = null;
  }
}
