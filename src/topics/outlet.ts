/**
 * The interface by which topics send on a connection.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { SharedMessage } from "../framed/shared_message.ts";
import { type Outlet, sharingOf } from "../framed/sharing.ts";
import { ReadyState } from "../handler.ts";
import { READY } from "../promises.ts";

const PLAIN = { compress: false };

/**
 * Returns the outlet of a connection. Over frames of our own, a message is encoded once for all
 * connections. On `Bun.serve` the messages of a turn are written together.
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
