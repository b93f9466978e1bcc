/**
 * The terminal or the pipe that a command runs in.
 *
 * @module
 */
import process from "node:process";
import { createInterface, type Interface } from "node:readline";
import { styleText } from "node:util";

/** Input and output of a command. */
export interface Terminal {
  /** Whether a person types. */
  readonly isInteractive: boolean;
  /** Lines that are typed or arrive through the pipe. */
  lines(): AsyncIterable<string>;
  /** Writes a line of results. */
  print(line: string): void;
  /** Writes a line that is not a result, for example a note about the connection. */
  note(line: string): void;
  /** Replaces the line that shows progress. Writes nothing into a pipe. */
  progress(line: string): void;
  /** Called when the user interrupts. */
  onInterrupt(callback: () => void): void;
  /** Stops reading input, so that the program can end. */
  close(): void;
}

/** The terminal of this process. */
export class ProcessTerminal implements Terminal {
  readonly isInteractive: boolean = process.stdin.isTTY === true && process.stdout.isTTY === true;
  #readline: Interface | null = null;

  lines(): AsyncIterable<string> {
    this.#readline = createInterface({
      input: process.stdin,
      output: this.isInteractive ? process.stdout : undefined,
      prompt: "> ",
      historySize: 1_000,
      terminal: this.isInteractive,
    });
    if (this.isInteractive) this.#readline.prompt();
    return this.#readline;
  }

  print(line: string): void {
    this.#write(process.stdout, line);
  }

  note(line: string): void {
    this.#write(process.stderr, process.stderr.isTTY ? styleText("dim", line) : line);
  }

  progress(line: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  }

  onInterrupt(callback: () => void): void {
    process.once("SIGINT", callback);
    process.once("SIGTERM", callback);
    this.#readline?.once("SIGINT", callback);
  }

  close(): void {
    this.#readline?.close();
    process.stdin.pause();
    process.stdin.unref?.();
  }

  /** Writes above the line that is being typed. */
  #write(stream: { write(text: string): unknown }, line: string): void {
    const isTyping = this.isInteractive && this.#readline !== null;
    stream.write(isTyping ? `\r\x1b[K${line}\n` : `${line}\n`);
    if (isTyping) this.#readline?.prompt(true);
  }
}
