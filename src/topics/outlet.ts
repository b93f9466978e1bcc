/**
 * How topics send on a connection.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { SharedMessage } from "../framed/shared_message.ts";
import { sharingOf } from "../framed/sharing.ts";
import { ReadyState } from "../handler.ts";
import { READY } from "../promises.ts";

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

/** The outlet of a connection: over frames of our own a message is encoded once for all. */
export function openOutlet(connection: SendingConnection): Outlet {
  return sharingOf(connection) ?? new PublicOutlet(connection);
}

/** Any connection, by its public interface: of the platform's WebSockets, say. */
class PublicOutlet implements Outlet {
  readonly #connection: SendingConnection;
  #room: Promise<void> = READY; // of the last send

  constructor(connection: SendingConnection) {
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
