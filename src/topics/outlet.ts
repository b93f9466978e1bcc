/**
 * How topics send on a connection.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { SharedMessage } from "./shared_message.ts";
import { ReadyState } from "../handler.ts";

/** The sending side of one connection. */
export interface Outlet {
  /** Whether it still takes messages. */
  readonly isOpen: boolean;
  /** Bytes taken and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Takes a message at once. */
  send(message: SharedMessage): void;
  /** Fulfilled when the connection can take more, or is over. */
  whenRoom(): Promise<void>;
}

const PLAIN = { compress: false };
const READY: Promise<void> = Promise.resolve();

/** Any connection, by its public interface: of the platform's WebSockets, say. */
export class PublicOutlet implements Outlet {
  readonly #connection: WebSocketConnection;
  #room: Promise<void> = READY; // of the last send

  constructor(connection: WebSocketConnection) {
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#connection.readyState === ReadyState.OPEN;
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  send({ message, compress }: SharedMessage): void {
    this.#room = this.#connection.send(message, compress ? undefined : PLAIN);
  }

  async whenRoom(): Promise<void> {
    await this.#room.catch(() => {}); // it was closed: topics hear of that by `closed`
  }
}
