/**
 * The `peer.websocket` of crossws, with the properties that are the same on all platforms.
 *
 * @module
 */
import type { ReadyState, SendingConnection } from "../handler.ts";
import { toMessage } from "./to_message.ts";

/** The properties and methods of a platform's WebSocket for hooks. */
export class PeerSocket {
  /**
   * The form of `message.data`: `""` for unchanged, `"arraybuffer"`, `"blob"`, `"uint8array"` or
   * `"text"`.
   */
  binaryType = "";
  readonly #connection: SendingConnection;

  /** Made for a connection. */
  constructor(connection: SendingConnection) {
    this.#connection = connection;
  }

  /** The URL that the client has connected to. */
  get url(): string {
    return this.#connection.request.url.replace(/^http/, "ws");
  }

  /** The subprotocol agreed on, or `""`. (crossws returns the whole offer of the client.) */
  get protocol(): string {
    return this.#connection.protocol;
  }

  /** The extensions agreed on, or `""`. */
  get extensions(): string {
    return this.#connection.extensions;
  }

  /** The state of the connection. */
  get readyState(): ReadyState {
    return this.#connection.readyState;
  }

  /** Bytes that were sent and not yet given to the system. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  /**
   * Sends a message.
   *
   * @throws {TypeError} if it cannot be sent.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#connection.send(toMessage(data));
  }

  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void {
    this.#connection.close(code, reason);
  }
}
