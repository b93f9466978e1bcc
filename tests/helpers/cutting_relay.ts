/**
 * A relay between a client and a server that lets so many bytes through and then cuts.
 *
 * @module
 */
import { connect, createServer, type Socket } from "node:net";
import type { Address } from "../../src/message.ts";

/** The direction in which bytes are counted. */
export type Direction = "up" | "down";
/** A reset to both sides, an end of the counted direction, or nothing more in it. */
export type CutKind = "RST" | "FIN" | "silence";

/** One cut: after `bytes` in one direction. */
export interface Cut {
  readonly direction: Direction;
  readonly bytes: number;
  readonly kind: CutKind;
}

/** So that what went before the cut is not lost in buffers that a reset throws away. */
const BEFORE_RESET_MS = 1;

/** A relay that serves one connection at a time. */
export class CuttingRelay {
  /** Where clients connect to. */
  readonly address: Address;
  /** Bytes of the last connection in each direction, those after the cut included. */
  readonly passed: Record<Direction, number> = { up: 0, down: 0 };
  /** The cut of connections from now on; `null` lets everything through. */
  cut: Cut | null = null;
  readonly #server = createServer((near) => this.#accept(near));
  readonly #target: Address;
  readonly #sockets = new Set<Socket>();

  private constructor(address: Address, target: Address) {
    this.address = address;
    this.#target = target;
  }

  static async start(address: Address, target: Address): Promise<CuttingRelay> {
    const relay = new CuttingRelay(address, target);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject).listen(toPlace(address), resolve);
    });
    return relay;
  }

  /** Drops what is connected, so that the next connection begins anew. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket): void {
    const far = connect(toPlace(this.#target));
    this.passed.up = this.passed.down = 0;
    for (const socket of [near, far]) {
      socket.on("error", () => {});
      this.#sockets.add(socket);
    }
    this.#relay("up", near, far);
    this.#relay("down", far, near);
  }

  #drop(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.address.transport === "unix") socket.destroy(); // it has no reset
    else socket.resetAndDestroy();
  }

  #relay(direction: Direction, from: Socket, to: Socket): void {
    const { cut } = this, own = cut?.direction === direction ? cut : null;
    let left = own?.bytes ?? Infinity, isCut = false;
    const cutNow = (): void => {
      isCut = true;
      if (own?.kind === "FIN") to.end();
      if (own?.kind !== "RST") return;
      setTimeout(() => {
        for (const socket of [from, to]) this.#drop(socket);
      }, BEFORE_RESET_MS);
    };
    if (left === 0) cutNow();
    from.on("data", (chunk: Uint8Array) => {
      this.passed[direction] += chunk.length;
      if (isCut) return;
      if (chunk.length < left) {
        left -= chunk.length;
        to.write(chunk);
        return;
      }
      to.write(chunk.subarray(0, left));
      cutNow();
    });
    from.on("end", () => {
      if (own?.kind !== "silence") to.end();
    });
    from.on("close", () => {
      if (own?.kind !== "silence") to.destroy();
    });
  }
}

function toPlace(address: Address): { path: string } | { host: string; port: number } {
  return address.transport === "unix"
    ? { path: address.path }
    : { host: address.hostname, port: address.port };
}
