/**
 * One opening handshake that a native server answers: it has the request as a `Request`,
 * and writes the response.
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

/** What one opening is made of. */
export interface NativeOpeningOptions<R> {
  readonly upgrader: Upgrader;
  readonly request: Request;
  /** The other end, or `null` where the platform does not tell. */
  readonly peerAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** Answers what is not this mount's; without it the mount refuses it. */
  readonly fallback: (() => Response | Promise<Response>) | undefined;
  /**
   * Has the platform accept, and returns what the platform wants as response. It calls
   * `opening.finish()` when the WebSocket is open, or will never be.
   */
  open(accepted: AcceptedUpgrade<WebSocketHandler>, opening: NativeOpening<R>): R;
}

/** Waits for the decision, and turns it into a response. */
export class NativeOpening<R> implements PendingHandshake {
  readonly scheme: "http" | "https";
  readonly isSilent = false;
  readonly peerAddress: Address | null;
  readonly context: unknown;
  readonly remoteAddress: Address | null;
  readonly #options: NativeOpeningOptions<R>;
  readonly #answer = makeDeferred<() => R | Response | Promise<Response>>();
  #isAnswered = false;
  #isOver = false;

  constructor(options: NativeOpeningOptions<R>) {
    this.#options = options;
    this.peerAddress = this.remoteAddress = options.peerAddress;
    this.context = options.context;
    this.scheme = schemeOf(options.request);
  }

  /** Whether the WebSocket that opens now is not wanted any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Has the upgrader decide. Gives the platform's response. Rejects with what `fallback` throws. */
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
    if (this.#isOver) return;
    const opened = this.#options.open(accepted, this);
    this.#answer.resolve(() => opened);
    this.#isAnswered = true;
  }

  /** The handshake is over, one way or another. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
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

/** With a Host that is none, Deno's `url` throws, or is no URL; the scheme does not matter then. */
function schemeOf(request: Request): "http" | "https" {
  try {
    return request.url.startsWith("https:") ? "https" : "http";
  } catch {
    return "http";
  }
}

/** The head, or `null` when the Host is so wrong that the platform makes no URL of it. */
function toRequestHead(request: Request): RequestHead | null {
  try {
    // With a Host that is none, Bun's `url` is the target alone; the Host is refused later.
    const { pathname, search } = new URL(request.url, "http://unknown.invalid");
    return { method: request.method, target: pathname + search, headers: [...request.headers] };
  } catch {
    return null;
  }
}
