/**
 * What the connection suite needs of an adapter, and the helpers that its tests share.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  ConnectOptions,
  HandlerProducer,
  MessageHandler,
  ServerCloseOptions,
  UpgradeOptions,
  WebSocketConnection,
  WebSocketHandler,
} from "../../../mod.ts";
import { bits } from "../../helpers/bits.ts";
import type { RawClient } from "../../helpers/raw_http.ts";
import { readFrames } from "../../helpers/read_frames.ts";

/** Options that every adapter takes. */
export interface HostOptions extends UpgradeOptions {
  /** For adapters that share their port with HTTP. */
  fetch?: (request: Request) => Response | Promise<Response>;
}

/** A server under test. */
export interface Served {
  readonly connections: ReadonlySet<WebSocketConnection>;
  /** Connects as the adapter's own client does; `path` begins with `/`. */
  connect(path?: string, options?: ConnectOptions): Promise<WebSocketConnection>;
  /** A socket that speaks bytes. */
  openRaw(): RawClient;
  close(options?: ServerCloseOptions): Promise<void>;
}

/** Starts servers of one adapter. */
export type Serve = (
  options: HostOptions,
  handler: WebSocketHandler | HandlerProducer,
) => Promise<Served>;

/**
 * Features of an adapter. One that it lacks is `false`, with the reason beside it. All default to
 * `true`.
 */
export interface AdapterFeatures {
  /** Frames are the library's own: fragments, `readFragment`, `readStream`, any bytes. */
  frames?: boolean;
  /** `ping()` gives a round trip. */
  pings?: boolean;
  /** A peer that is not read is held back. */
  holdsBack?: boolean;
  /** The server's refusals go out as the producer made them. */
  refusals?: boolean;
  /** `abort()` of the server is a loss for the client; else a Close with 4006. */
  drops?: boolean;
  /** A closing handshake begun by the server is waited for. */
  waitsForClose?: boolean;
  /** Requests that ask for no upgrade get 426; `false` where they are the user's own affair. */
  answersHttp?: boolean;
  /** `fetch` answers ordinary requests on the same port. Default `false`. */
  fetch?: boolean;
}

/** One adapter, in one place. */
export interface Adapter {
  readonly serve: Serve;
  readonly features: Required<AdapterFeatures>;
}

/** Every test of the suite; none takes more than a second on a machine that is not busy. */
export const patience = { timeout: 60_000 } as const;

/** Runs `use` with a server, then drops what it has left. */
export async function withServer(
  { serve }: Adapter,
  handler: WebSocketHandler | HandlerProducer,
  use: (served: Served) => Promise<void>,
  options: HostOptions = {},
): Promise<void> {
  const served = await serve(options, handler);
  try {
    await use(served);
  } finally {
    await served.close({ timeoutMs: 0 });
  }
}

/** Gives back what it gets. */
export const ECHO: MessageHandler = {
  message: (connection, message) => connection.send(message),
};

/** The request of an opening handshake, as text; further lines go before its end. */
export function request(...lines: string[]): string {
  return [
    "GET /chat HTTP/1.1",
    "Host: test",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...lines,
    "\r\n",
  ].join("\r\n");
}

/** A socket that speaks frames. */
export class RawFrames {
  readonly client: RawClient;
  readonly #seen: string[] = [];

  constructor(client: RawClient) {
    this.client = client;
  }

  /** Opens a connection by hand. */
  static async open(served: Served): Promise<RawFrames> {
    const client = served.openRaw();
    client.socket.write(request());
    assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 101 /);
    return new RawFrames(client);
  }

  /** Sends frames drawn as `bits` takes them. */
  send(drawing: string): void {
    this.client.socket.write(bits(drawing, "client"));
  }

  /** Waits until this many frames have come, and gives all of them. */
  async frames(count: number): Promise<string[]> {
    while (this.#read().length < count) {
      const { length } = this.client.received;
      await this.client.until(new RegExp(`^[^]{${length + 1}}`));
    }
    return this.#seen;
  }

  #read(): string[] {
    const { received } = this.client;
    const at = received.indexOf("\r\n\r\n") + 4;
    const bytes = Uint8Array.from(received.slice(at), (letter) => letter.charCodeAt(0));
    const { frames } = readFrames(bytes);
    this.#seen.splice(0, this.#seen.length, ...frames);
    return this.#seen;
  }
}

/** Collects what comes one by one, for a test that waits for it. */
export class Log<T = string> {
  readonly entries: T[] = [];
  #wake: () => void = () => {};

  add(entry: T): void {
    this.entries.push(entry);
    this.#wake();
  }

  /** Waits until there are this many, and gives them. */
  async until(count: number): Promise<T[]> {
    while (this.entries.length < count) await new Promise<void>((wake) => this.#wake = wake);
    return this.entries;
  }
}
