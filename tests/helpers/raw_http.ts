/**
 * HTTP as text over a socket, for requests that no client would send.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Address } from "../../src/message.ts";
import { ca } from "./tls/fixtures.ts";

/** A client that collects the bytes it receives. */
export class RawClient {
  /** All that came so far, as Latin-1. */
  received = "";
  readonly socket: Socket;
  readonly address: Address;
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(address: Address, options: { tls?: boolean } = {}) {
    this.address = address;
    const place = address.transport === "unix"
      ? { path: address.path }
      : { host: address.hostname, port: address.port };
    this.socket = options.tls ? connectTls({ ...place, ca }) : connect(place);
    this.socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Waits until the bytes match, and returns all of them. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.#isClosed) throw new Error(`closed before ${pattern}: ${this.received}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.received;
  }

  /** Waits until the server has closed, and returns all bytes. */
  async closed(): Promise<string> {
    while (!this.#isClosed) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.received;
  }
}

/** Sends text. Resolves to all bytes until the server closes. */
export function exchange(
  address: Address,
  text: string,
  options: { tls?: boolean } = {},
): Promise<string> {
  const client = new RawClient(address, options);
  client.socket.write(text, "latin1");
  return client.closed();
}
