/**
 * Detects that the process cannot open more files. The runtimes do not report an `accept` that
 * fails for this reason: Node accepts and resets such connections, and Bun leaves them in the
 * system's queue.
 *
 * @module
 */
import type { ListenReports } from "../../transport/runtime.ts";
import { LastingFault } from "../../transport/lasting_fault.ts";

/**
 * Milliseconds from a connection to the check whether another one is possible, so that there is at
 * most one check a second.
 */
const LOOK_AFTER_MS = 1_000;

type OnError = ListenReports["onError"];

/**
 * Checks after connections were accepted, so a check always follows the last connection before
 * files run out.
 */
export class FileWatch {
  readonly #onError: NonNullable<OnError>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #fault = new LastingFault();

  constructor(onError: NonNullable<OnError>) {
    this.#onError = onError;
  }

  /**
   * Makes a watch if there is a callback. Deno has none, because it would ask for the permission to
   * read.
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

  /** The server has stopped accepting. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /**
   * Opens a file, to see whether that is possible. The modules are loaded here, a second after the
   * first connection, and not with the server.
   */
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
