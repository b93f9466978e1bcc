/**
 * The sessions of one server, by their names.
 *
 * @module
 */
import type { SendingConnection, WebSocketHandler } from "../handler.ts";
import type { Message } from "../message.ts";
import { ReadyState } from "../handler.ts";
import { ServerSession, type ServerSessionOptions, type SessionOwner } from "./server_session.ts";
import { type Hello, isMarked, readControl, RESUME_PROTOCOL } from "./wire_format.ts";

/** Options of {@linkcode Sessions}. */
export interface SessionsOptions
  extends Pick<ServerSessionOptions, "clock" | "bufferBytes" | "seconds"> {
  /**
   * Most sessions that wait for their clients. Beyond this number the one that has waited longest
   * ends.
   */
  readonly maxDetached: number;
  makeId(): string;
  readonly onResume: SessionOwner["onResume"];
  readonly onError: SessionOwner["onError"];
}

/**
 * The sessions of a server. Finds them by name, limits those whose clients are away, and makes the
 * handlers of the underlying connections.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, ServerSession>();
  /** Sessions that wait for their clients, the longest waiting first. */
  readonly #detached = new Set<ServerSession>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Makes the handler of one underlying connection. `handler` is used if it begins a new session.
   */
  makeHandler(handler: WebSocketHandler): WebSocketHandler {
    let session: ServerSession | null = null;
    return {
      protocol: RESUME_PROTOCOL,
      message: (connection, message) => {
        if (session !== null) return session.receive(connection, message);
        session = this.#open(connection, message, handler);
      },
      close: (connection, closing) => session?.onEnded(connection, closing),
      drain: () => session?.drain(),
    };
  }

  #open(
    connection: SendingConnection,
    message: Message,
    handler: WebSocketHandler,
  ): ServerSession | null {
    const control = isMarked(message) ? readControl(message) : null;
    if (control?.type !== "hello") {
      connection.close(1002, "resume.fullduplex begins with a hello");
      return null;
    }
    const { hello } = control;
    const known = hello.session === undefined ? undefined : this.#sessions.get(hello.session);
    if (known?.resume(connection, hello.received)) return known;
    return this.#begin(connection, hello, handler);
  }

  #begin(connection: SendingConnection, hello: Hello, handler: WebSocketHandler): ServerSession {
    const { clock, bufferBytes, seconds, makeId } = this.#options;
    const { protocol = "" } = handler;
    const session = new ServerSession(connection, {
      ...{ id: makeId(), handler, clock, bufferBytes, seconds },
      protocol: hello.protocols.includes(protocol) ? protocol : "",
      owner: this.#makeOwner(),
    });
    if (connection.readyState !== ReadyState.CLOSED) this.#sessions.set(session.id, session);
    return session;
  }

  #makeOwner(): SessionOwner {
    const { onResume, onError, maxDetached } = this.#options;
    return {
      onResume,
      onError,
      onDetach: (session) => {
        this.#detached.add(session);
        const [oldest] = this.#detached;
        if (this.#detached.size > maxDetached) {
          oldest?.end("too many sessions wait for their clients");
        }
      },
      onAttach: (session) => this.#detached.delete(session),
      onEnd: (session) => {
        this.#detached.delete(session);
        this.#sessions.delete(session.id);
      },
    };
  }
}
