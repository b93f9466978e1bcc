/**
 * The class `WebSocketServer` of `ws`.
 *
 * @module
 */
import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type { Duplex } from "node:stream";
import { readUpgrade, type UpgradeRequest } from "../handshake/server_handshake.ts";
import { toRequestHead } from "../runtime/node_builtins/http/server.ts";
import { Acceptor, isSecure } from "./accept.ts";
import { type RefusedRequest, refuseSocket, toHeaderList } from "./refusal.ts";
import {
  checkServerOptions,
  type ServerOptions,
  type VerifyCallback,
  type VerifyInfo,
} from "./server_options.ts";
import { linkOf, WebSocket } from "./web_socket.ts";

/** The events of a server, with the arguments of their listeners. */
export interface ServerEvents {
  /** The server is closed, and with `clientTracking` all its connections too. */
  close: [];
  /** A client has connected. */
  connection: [socket: WebSocket, request: IncomingMessage];
  /** The HTTP server has failed. */
  error: [error: Error];
  /** The lines of the accepting answer, which listeners may change. */
  headers: [lines: string[], request: IncomingMessage];
  /** The server listens. */
  listening: [];
  /** A request broke a rule. If there is a listener, the listener has to refuse the request. */
  wsClientError: [error: Error, socket: Duplex, request: IncomingMessage];
}

/** Called with the socket of a client that has connected. */
export type UpgradeCallback = (socket: WebSocket, request: IncomingMessage) => void;

/** A pending `upgrade` event. */
interface Upgrading {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly early: Uint8Array;
  readonly upgrade: UpgradeRequest;
  readonly done: UpgradeCallback;
}

const taken = new WeakSet<Duplex>();

/**
 * The server class of `ws`. It uses a port of its own, a server of `node:http`, or requests that
 * are passed to `handleUpgrade`.
 */
export class WebSocketServer extends EventEmitter<ServerEvents> {
  /** The options. `handleProtocols` and `verifyClient` are called for each request. */
  readonly options: ServerOptions;
  /** The open connections; `undefined` with `clientTracking: false`. */
  readonly clients: Set<WebSocket> | undefined;
  readonly #acceptor: Acceptor;
  readonly #ownsServer: boolean;
  #server: HttpServer | null = null;
  #stopListening: () => void = () => {};
  #state: "running" | "closing" | "closed" = "running";
  #isServerClosed = true;

  /**
   * Makes a server, and listens if it is given a port.
   *
   * @param options What to serve and where; the callback is called when it listens.
   * @throws {TypeError} if not exactly one of `port`, `server` and `noServer` is given.
   * @throws {WebSocketError} `ERR_NOT_SUPPORTED` for an option of `ws` that is not here.
   */
  constructor(options: ServerOptions = {}, callback?: () => void) {
    super();
    checkServerOptions(options);
    this.options = { ...options };
    this.#acceptor = new Acceptor(options);
    this.clients = options.clientTracking === false ? undefined : new Set();
    const { port, host, backlog, server } = options;
    this.#ownsServer = port !== undefined && port !== null;
    if (this.#ownsServer) {
      const own = createServer((_request, response) => {
        response.writeHead(426, { "content-type": "text/plain" }).end("Upgrade Required");
      });
      this.#listenTo(own);
      own.listen({ port, host, backlog: backlog ?? undefined }, callback);
    } else if (server) this.#listenTo(server);
  }

  /** The address that it listens on; a string for a unix socket. @throws {Error} with `noServer` */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode');
    return this.#server?.address() ?? null;
  }

  /**
   * Stops accepting. Open connections stay open, as in `ws`, and the event `close` follows when
   * they have closed. The callback is called then; if the server was closed before, it is called
   * with an error.
   */
  close(callback?: (error?: Error) => void): void {
    if (callback !== undefined) {
      const why = this.#state === "closed" ? new Error("The server is not running") : undefined;
      this.once("close", () => callback(why));
    }
    if (this.#state === "closed") return void process.nextTick(() => this.emit("close"));
    if (this.#state === "closing") return;
    this.#state = "closing";
    const server = this.#server;
    this.#stopListening();
    this.#server = null;
    if (this.#ownsServer) {
      this.#isServerClosed = false;
      server?.close(() => {
        this.#isServerClosed = true;
        this.#endIfEmpty();
      });
    } else process.nextTick(() => this.#endIfEmpty());
  }

  /** Decides by the path whether a request is for this server. It may be overridden. */
  shouldHandle(request: IncomingMessage): boolean | Promise<boolean> {
    const { path } = this.options;
    return !path || (request.url ?? "").split("?", 1)[0] === path;
  }

  /**
   * Takes an `upgrade` event of a server: refuses the request, or calls back with the socket.
   *
   * @throws {Error} if it was called before with the same socket.
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    early: Uint8Array,
    done: UpgradeCallback,
  ): void {
    socket.on("error", destroy);
    const upgrade = readUpgrade(toRequestHead(request));
    if ("reason" in upgrade) {
      return this.#refuseBroken(new Error(upgrade.body.trimEnd()), { request, socket, ...upgrade });
    }
    const upgrading = { request, socket, early, upgrade, done };
    const isOurs = this.shouldHandle(request);
    if (typeof isOurs === "boolean") return this.#verify(isOurs, upgrading);
    isOurs.then((answer) => this.#verify(answer, upgrading), (error) => socket.destroy(error));
  }

  #listenTo(server: HttpServer): void {
    const onListening = (): void => void this.emit("listening");
    const onError = (error: Error): void => void this.emit("error", error);
    const onUpgrade = (request: IncomingMessage, socket: Duplex, early: Uint8Array): void =>
      this.handleUpgrade(
        request,
        socket,
        early,
        (client) => this.emit("connection", client, request),
      );
    server.on("listening", onListening).on("error", onError).on("upgrade", onUpgrade);
    this.#server = server;
    this.#stopListening = () => {
      server.off("listening", onListening).off("error", onError).off("upgrade", onUpgrade);
    };
  }

  #refuseBroken(
    error: Error,
    { request, socket, ...answer }: RefusedRequest & { request: IncomingMessage; socket: Duplex },
  ): void {
    if (this.listenerCount("wsClientError") > 0) {
      this.emit("wsClientError", error, socket, request);
    } else refuseSocket(socket, answer);
  }

  #verify(isOurs: boolean, upgrading: Upgrading): void {
    const { request, socket, upgrade } = upgrading, { verifyClient } = this.options;
    if (!isOurs) return refuseSocket(socket, { status: 400 });
    if (!verifyClient) return this.#complete(upgrading);
    const secure = isSecure(request.socket);
    const info = { origin: upgrade.origin ?? undefined, secure, req: request };
    const answer: VerifyCallback = (verified, status = 401, body, headers = {}) => {
      if (verified) return this.#complete(upgrading);
      refuseSocket(socket, { status, body, headers: toHeaderList(headers) });
    };
    const verify: (info: VerifyInfo, callback: VerifyCallback) => unknown = verifyClient;
    const verdict = verify(info, answer);
    if (verify.length < 2) answer(Boolean(verdict)); // `ws` distinguishes the two kinds in this way
  }

  #complete({ request, socket, early, upgrade, done }: Upgrading): void {
    // The client has disconnected.
    if (!socket.readable || !socket.writable) return void socket.destroy();
    if (taken.has(socket)) {
      throw new Error(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      );
    }
    if (this.#state !== "running") return refuseSocket(socket, { status: 503 });
    const { WebSocket: Socket = WebSocket, handleProtocols, awaitListeners } = this.options;
    const offered = new Set(upgrade.protocols);
    const [first] = upgrade.protocols;
    const protocol = first === undefined || !handleProtocols
      ? first
      : handleProtocols(offered, request) || undefined;
    const client = new Socket(null, undefined, { awaitListeners });
    taken.add(socket);
    socket.off("error", destroy);
    this.#acceptor.accept(
      { upgrade, protocol, socket, early },
      linkOf(client),
      (lines) => void this.emit("headers", lines, request),
    );
    this.#track(client);
    done(client, request);
  }

  #track(client: WebSocket): void {
    const { clients } = this;
    if (clients === undefined) return;
    clients.add(client);
    client.on("close", () => {
      clients.delete(client);
      if (this.#state === "closing") process.nextTick(() => this.#endIfEmpty());
    });
  }

  #endIfEmpty(): void {
    const isClosed = this.#state === "closing" && this.#isServerClosed;
    if (!isClosed || (this.clients?.size ?? 0) > 0) return;
    this.#state = "closed";
    this.emit("close");
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}
