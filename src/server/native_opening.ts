/**
 * One opening handshake on a native server, which provides a `Request` and writes the response.
 *
 * @module
 */
import { refuse } from "../handshake/server_handshake.ts";
import type { WebSocketHandler } from "../handler.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { Address } from "../message.ts";
import type { Upgrader } from "./upgrader.ts";
import type { AcceptedUpgrade, PendingHandshake, PlainAnswer } from "./pending_handshake.ts";
import { makeDeferred } from "../promises.ts";

/** Options of {@linkcode NativeOpening}. */
export interface NativeOpeningOptions<R> {
  readonly upgrader: Upgrader;
  readonly request: Request;
  /** Address of the peer, or `null` where the platform does not provide it. */
  readonly peerAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /**
   * Answers a request that is not meant for this mount. Without it the mount refuses the request.
   */
  readonly fallback: (() => Response | Promise<Response>) | undefined;
  /**
   * Accepts the request on the platform, and returns the value that the platform expects as
   * response. It calls `opening.finish()` when the WebSocket is open or has failed to open.
   */
  open(accepted: AcceptedUpgrade<WebSocketHandler>, opening: NativeOpening<R>): R;
}

/** Waits for the decision, and converts it to a response. */
export class NativeOpening<R> implements PendingHandshake {
  readonly scheme: "http" | "https";
  readonly isSilent = false;
  readonly peerAddress: Address | null;
  readonly context: unknown;
  readonly remoteAddress: Address | null;
  readonly #options: NativeOpeningOptions<R>;
  readonly #answer = makeDeferred<() => R | Response | Promise<Response>>();
  #isAnswered = false;
  #isEnded = false;

  constructor(options: NativeOpeningOptions<R>) {
    this.#options = options;
    this.peerAddress = this.remoteAddress = options.peerAddress;
    this.context = options.context;
    this.scheme = schemeOf(options.request);
  }

  /** Whether the handshake has ended, so that a WebSocket that opens now must be closed. */
  get hasEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Lets the upgrader decide, and resolves to the platform's response. Rejects with an error of
   * `fallback`.
   */
  async run(): Promise<R | Response> {
    const { upgrader, request } = this.#options;
    const head = toRequestHead(request);
    if (head === null) this.refuse(refuse("host"));
    else if (upgrader.admit(this)) upgrader.decide(this, head);
    const answer = await this.#answer.promise;
    return await answer();
  }

  timeOut(): void {
    this.refuse(TOO_LATE);
  }

  refuse({ status, headers, body }: PlainAnswer): void {
    this.#respond(new Response(body, { status, headers: headers.map(([...field]) => field) }));
  }

  pass(refusal: PlainAnswer, onRefused: () => void): void {
    const { fallback } = this.#options;
    if (fallback === undefined) {
      onRefused();
      return this.refuse(refusal);
    }
    if (!this.#isAnswered) this.#answer.resolve(fallback);
    this.#isAnswered = true;
    this.finish();
  }

  respond(response: Response): Promise<void> {
    this.#respond(response);
    return Promise.resolve();
  }

  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void {
    if (this.#isEnded) return;
    const opened = this.#options.open(accepted, this);
    this.#answer.resolve(() => opened);
    this.#isAnswered = true;
  }

  /** Called when the handshake has ended, successfully or not. */
  finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.upgrader.finished(this);
  }

  #respond(response: Response): void {
    if (!this.#isAnswered) this.#answer.resolve(() => response);
    this.#isAnswered = true;
    this.finish();
  }
}

const TOO_LATE: PlainAnswer = {
  status: 503,
  reason: "handshakeTimeoutMs",
  headers: [["Content-Type", "text/plain; charset=utf-8"]],
  body: "the server did not decide in time\n",
};

/**
 * Returns the scheme of a request. If `Host` is invalid, Deno's `url` throws or is no URL; the
 * request is refused later, so any scheme will do.
 */
function schemeOf(request: Request): "http" | "https" {
  try {
    return request.url.startsWith("https:") ? "https" : "http";
  } catch {
    return "http";
  }
}

/**
 * Returns the head of a request, or `null` if `Host` is so malformed that the platform cannot make
 * a URL of it.
 */
function toRequestHead(request: Request): RequestHead | null {
  try {
    // If `Host` is invalid, Bun's `url` is only the target. The request is refused later.
    const { pathname, search } = new URL(request.url, "http://unknown.invalid");
    return { method: request.method, target: pathname + search, headers: [...request.headers] };
  } catch {
    return null;
  }
}
