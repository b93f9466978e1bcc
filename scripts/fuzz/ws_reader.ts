/**
 * The reading of npm's `ws`, and of `node:http`'s parser, which reads heads for it.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { CACHE } from "../interop/peers.ts";
import { type Input, MAX_FIELDS, MAX_MESSAGE_BYTES, type Outcome, toHex } from "./outcome.ts";

interface Receiver {
  on(event: string, listener: (...args: never[]) => void): Receiver;
  _write(chunk: Uint8Array, encoding: string, callback: (error?: Error) => void): void;
}

/** Node's own parser; it has no public name. */
interface HeadParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Uint8Array): number | Error;
  close(): void;
  [key: number]: unknown;
}

/** Reads with `ws` and with Node. */
export class WsReader {
  readonly #require = createRequire(join(CACHE, "ws", "package.json"));
  readonly #lib = join(CACHE, "ws", "node_modules", "ws", "lib");
  readonly #Receiver = this.#require(join(this.#lib, "receiver.js"));
  readonly #Deflate = this.#require(join(this.#lib, "permessage-deflate.js"));
  readonly #common = this.#require("node:_http_common");

  read(input: Input): Promise<Outcome> {
    if (input.kind === "heads") return Promise.resolve(this.#readHead(input));
    return new Promise((resolve) => {
      const isServer = input.role === "server", events: string[] = [];
      let end = "open";
      const extensions: Record<string, unknown> = {};
      if (input.kind === "deflate") {
        const deflate = new this.#Deflate({ isServer, maxPayload: MAX_MESSAGE_BYTES });
        deflate.accept([{}]);
        extensions["permessage-deflate"] = deflate;
      }
      const receiver: Receiver = new this.#Receiver({
        isServer,
        maxPayload: MAX_MESSAGE_BYTES,
        extensions,
      });
      receiver.on("message", (data: Uint8Array, isBinary: boolean) => {
        events.push(`${isBinary ? "b" : "t"}:${toHex(data)}`);
      });
      receiver.on("ping", (data: Uint8Array) => void events.push(`p:${toHex(data)}`));
      receiver.on("pong", (data: Uint8Array) => void events.push(`o:${toHex(data)}`));
      receiver.on("conclude", (code: number, reason: Uint8Array) => {
        end = `close ${code} ${toHex(reason)}`;
      });
      receiver.on("error", () => {});
      receiver._write(Buffer.from(input.bytes), "buffer", (error) => {
        if (error !== undefined && error !== null) {
          const symbol = Object.getOwnPropertySymbols(error)
            .find(({ description }) => description === "status-code");
          end = `fail ${symbol === undefined ? "?" : Reflect.get(error, symbol)}`;
        }
        resolve({ events, end });
      });
    });
  }

  #readHead({ role, bytes }: Input): Outcome {
    const { HTTPParser } = this.#common;
    const parser: HeadParser = new HTTPParser();
    parser.initialize(role === "server" ? HTTPParser.REQUEST : HTTPParser.RESPONSE, {});
    const early: string[] = [];
    let end = "more", seen = 0;
    parser[HTTPParser.kOnHeaders | 0] = (fields: string[]) => void early.push(...fields);
    parser[HTTPParser.kOnHeadersComplete | 0] = (
      _major: number,
      _minor: number,
      fields: string[] | undefined,
      method: number,
      target: string,
      status: number,
    ): number => {
      const list = [...early, ...fields ?? []], lines: string[] = [];
      for (let at = 0; at < list.length; at += 2) {
        lines.push(`${list[at]!.toLowerCase()}: ${list[at + 1]}`);
      }
      const { allMethods, methods } = this.#common;
      const name = (allMethods ?? methods)[method];
      end = ["head", role === "server" ? `${name} ${target}` : `${status}`, ...lines].join("\n");
      if (lines.length > MAX_FIELDS) end = "refused";
      seen = 1;
      return 2; // what follows is another protocol
    };
    const result = parser.execute(Buffer.from(bytes));
    if (result instanceof Error && seen === 0) end = "refused";
    parser.close();
    return { events: [], end };
  }
}
