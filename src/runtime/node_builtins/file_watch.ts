/**
 * Notices that the process may open no more files, where no program is told of an `accept` that
 * failed: Node accepts and resets such connections, and Bun leaves them in the system's queue.
 *
 * @module
 */
import type { ListenReports } from "../../transport/runtime.ts";
import { LastingFault } from "../../transport/lasting_fault.ts";

/** Between a connection and the look whether another one is possible: one look a second at most. */
const LOOK_AFTER_MS = 1_000;

type OnError = ListenReports["onError"];

/**
 * Looks after connections were accepted. The last one before files run out is always followed by a
 * look.
 */
export class FileWatch {
  readonly #onError: NonNullable<OnError>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #fault = new LastingFault();

  constructor(onError: NonNullable<OnError>) {
    this.#onError = onError;
  }

  /**
   * Makes one if it has to tell anyone. Not on Deno, which would ask for the permission to read.
   */
  static make(onError: OnError): FileWatch | null {
    return onError === undefined || "Deno" in globalThis ? null : new FileWatch(onError);
  }

  /** A connection was accepted. */
  onAccepted(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => void this.#look(), LOOK_AFTER_MS);
    this.#timer.unref();
  }

  /** The server accepts no more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** The modules are loaded here, a second after the first connection, and not with the server. */
  async #look(): Promise<void> {
    this.#timer = null;
    const [{ close, open }, { devNull }] = await Promise.all([
      import("node:fs"),
      import("node:os"),
    ]);
    open(devNull, (error, file) => {
      if (error === null) return close(file);
      if (error.code === "EMFILE" || error.code === "ENFILE") this.#tell(error);
    });
  }

  #tell(cause: Error): void {
    if (!this.#fault.meet()) return;
    const why = "cannot accept connections: too many open files; raise the limit (ulimit -n)";
    this.#onError(new Error(why, { cause }));
  }
}
