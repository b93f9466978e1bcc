/**
 * One connection of the load on Bun's sockets: its handshake, what is still to be written,
 * and what comes back.
 *
 * @module
 */
import { bun, type BunClientSocket } from "../peers/bun.ts";
import type { LoadOptions } from "./options.ts";

/** Told of what happens on a connection. */
export interface Listener {
  /** The handshake is done; with raw TCP at once. */
  open(connection: LoadConnection): void;
  data(connection: LoadConnection, bytes: Uint8Array): void;
  fail(why: string): void;
}

const HEAD_END = "\r\n\r\n";

function request({ port, path, extensions }: LoadOptions): string {
  const offer = extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
    `Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
    `Sec-WebSocket-Version: 13\r\n${offer}\r\n`;
}

/** A connection; `write` keeps what the system does not take. */
export class LoadConnection {
  readonly #options: LoadOptions;
  readonly #listener: Listener;
  #socket: BunClientSocket | null = null;
  #head: string | null = "";
  #rest: Uint8Array[] = [];

  constructor(options: LoadOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Connects. */
  async connect(): Promise<void> {
    const { port, isRaw } = this.#options;
    await bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => {
          this.#socket = socket;
          if (!isRaw) return void socket.write(new TextEncoder().encode(request(this.#options)));
          this.#head = null;
          this.#listener.open(this);
        },
        data: (_socket, chunk) => this.#take(chunk),
        drain: () => this.#flush(),
        close: () => this.#listener.fail("the server ended a connection"),
        error: (_socket, error) => this.#listener.fail(String(error)),
        connectError: (_socket, error) => this.#listener.fail(String(error)),
      },
    });
  }

  #take(chunk: Uint8Array): void {
    if (this.#head === null) return this.#listener.data(this, chunk);
    this.#head += new TextDecoder("latin1").decode(chunk);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return;
    if (!this.#head.startsWith("HTTP/1.1 101")) return this.#listener.fail(this.#head);
    const after = this.#head.length - end - HEAD_END.length;
    this.#head = null;
    this.#listener.open(this);
    if (after > 0) this.#listener.data(this, chunk.subarray(chunk.length - after));
  }

  /** Sends bytes, in the chunks that were asked for. */
  write(bytes: Uint8Array): void {
    const size = this.#options.chunk || bytes.length;
    for (let at = 0; at < bytes.length; at += size) this.#rest.push(bytes.subarray(at, at + size));
    this.#flush();
  }

  #flush(): void {
    let i = 0;
    for (; i < this.#rest.length; i++) {
      const bytes = this.#rest[i]!;
      const written = Math.max(0, this.#socket!.write(bytes));
      if (written === bytes.length) continue;
      this.#rest[i] = bytes.subarray(written);
      break;
    }
    this.#rest.splice(0, i);
  }
}
