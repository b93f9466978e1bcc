/**
 * Prints the events of a connection: as lines for people, or as one JSON object a line for
 * programs.
 *
 * @module
 */
import type { CloseInfo, WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { toHex } from "../bytes.ts";
import type { Terminal } from "./terminal.ts";

/** Most bytes of a binary message that are shown. */
const SHOWN_BYTES = 64;

/** Prints the events of a connection. */
export class Output {
  readonly #terminal: Terminal;
  readonly #isJson: boolean;

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal;
    this.#isJson = isJson;
  }

  opened(url: string, { protocol, extensions }: WebSocketConnection): void {
    if (this.#isJson) return this.#json({ type: "open", url, protocol, extensions });
    const agreed = [protocol === "" ? "" : `protocol ${protocol}`, extensions]
      .filter((part) => part !== "").join(", ");
    this.#terminal.note(`connected to ${url}${agreed === "" ? "" : ` (${agreed})`}`);
  }

  received(message: Message): void {
    if (typeof message === "string") {
      if (this.#isJson) return this.#json({ type: "text", data: message });
      return this.#terminal.print(this.#terminal.isInteractive ? `< ${message}` : message);
    }
    const hex = toHex(message);
    if (this.#isJson) return this.#json({ type: "binary", hex });
    const shown = hex.slice(0, SHOWN_BYTES * 2);
    const more = shown.length < hex.length ? `... (${message.length} bytes)` : "";
    this.#terminal.print(`${this.#terminal.isInteractive ? "< " : ""}0x${shown}${more}`);
  }

  ended({ code, reason, initiator, wasClean }: CloseInfo, words: string): void {
    if (this.#isJson) return this.#json({ type: "close", code, reason, initiator, wasClean });
    this.#terminal.note(words);
  }

  note(line: string): void {
    if (this.#isJson) return this.#json({ type: "note", message: line });
    this.#terminal.note(line);
  }

  error(line: string): void {
    if (this.#isJson) return this.#json({ type: "error", message: line });
    this.#terminal.note(line);
  }

  #json(value: Readonly<Record<string, unknown>>): void {
    this.#terminal.print(JSON.stringify(value));
  }
}
