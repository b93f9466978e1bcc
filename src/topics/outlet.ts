/**
 * The interface by which topics send on a connection.
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
  /** Whether messages can be sent. */
  readonly isOpen: boolean;
  /** Bytes taken and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Sends a message. */
  send(message: SharedMessage): void;
  /** Fulfilled when the connection can take more, or is closed. */
  whenReady(): Promise<void>;
}

const PLAIN = { compress: false };

/**
 * Returns the outlet of a connection. Over frames of our own, a message is encoded once for all
 * connections.
 */
export function openOutlet(connection: SendingConnection): Outlet {
  return sharingOf(connection) ?? new PublicOutlet(connection);
}

/**
 * The outlet of any other connection, by its public interface, for example over a WebSocket of the
 * platform.
 */
class PublicOutlet implements Outlet {
  readonly #connection: SendingConnection;
  #ready: Promise<void> = READY; // of the last send

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
    this.#ready = this.#connection.send(message, compress ? undefined : PLAIN);
  }

  async whenReady(): Promise<void> {
    // A rejection means that the connection has closed, which topics learn from `closed`.
    await this.#ready.catch(() => {});
  }
}
