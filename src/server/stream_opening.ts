/**
 * A pending opening handshake on an HTTP/2 stream (RFC 8441). Its head is complete. The client's
 * bytes stay in the stream's window until the connection is open.
 *
 * @module
 */
import { FrameWire } from "../framed/frame_wire.ts";
import type { WebSocketHandler } from "../handler.ts";
import { acceptConnect, readConnect, refuseConnect } from "../handshake/extended_connect.ts";
import type { HeaderList } from "../handshake/head.ts";
import { formatExtensions } from "../handshake/header_values.ts";
import type { Address } from "../message.ts";
import type { ConnectStream } from "../transport/runtime.ts";
import type { AcceptedUpgrade, PendingHandshake, PlainAnswer } from "./pending_handshake.ts";
import type { Upgrader } from "./upgrader.ts";

/** Begins the opening handshake of a stream whose request has arrived. */
export function openStream(upgrader: Upgrader, stream: ConnectStream, fields: HeaderList): void {
  const pending = new StreamOpening(upgrader, stream);
  if (!upgrader.admit(pending)) return;
  const head = readConnect(fields);
  if (!("reason" in head)) return upgrader.decide(pending, head);
  upgrader.tell(pending, head, null);
  pending.refuse(head);
}

/** A stream that waits for the decision. */
class StreamOpening implements PendingHandshake {
  readonly isSilent = false;
  readonly #upgrader: Upgrader;
  readonly #stream: ConnectStream;
  #isEnded = false;

  constructor(upgrader: Upgrader, stream: ConnectStream) {
    this.#upgrader = upgrader;
    this.#stream = stream;
    stream.onLost = () => void this.#finish();
  }

  get scheme(): "http" | "https" {
    return this.#stream.scheme;
  }

  get peerAddress(): Address | null {
    return this.#stream.peerAddress;
  }

  get remoteAddress(): Address | null {
    return this.#stream.peerAddress;
  }

  get context(): unknown {
    return this.#stream.context;
  }

  timeOut(): void {
    if (this.#finish()) this.#stream.abort();
  }

  refuse(refusal: PlainAnswer): void {
    if (this.#finish()) this.#answer(refusal);
  }

  pass(refusal: PlainAnswer, onRefused: () => void): void {
    if (!this.#finish()) return;
    this.#stream.pass(() => {
      onRefused();
      this.#answer(refusal);
    });
  }

  async respond(response: Response): Promise<void> {
    const { status, headers } = response;
    const body = new Uint8Array(await response.arrayBuffer());
    if (!this.#finish()) return;
    this.#stream.refuse(refuseConnect({ status, headers: [...headers] }), body);
  }

  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void {
    const { upgrade, handshake, handler, headers } = accepted;
    const { compression, context } = this.#upgrader;
    const deflate = compression?.negotiate(upgrade.extensions) ?? null;
    const extensions = deflate === null ? [] : [deflate.response];
    const { protocol } = handler;
    const fields = acceptConnect({ upgrade, protocol, extensions, headers });
    if (!this.#finish()) return; // the client has disconnected meanwhile
    handshake.extensions = formatExtensions(extensions);
    const transport = this.#stream.accept(fields);
    const codec = deflate === null ? undefined : compression?.makeCodec("server", deflate.terms);
    const wire = new FrameWire({ transport, context, compression: codec });
    const { output } = context.platform;
    output.cork(); // so that the handler's first messages leave together
    try {
      this.#upgrader.attach(accepted, { wire, handshake });
    } finally {
      output.uncork();
    }
  }

  #answer(refusal: PlainAnswer): void {
    this.#stream.refuse(refuseConnect(refusal), new TextEncoder().encode(refusal.body));
  }

  /** Ends the handshake, successfully or not. Returns `false` if it had ended before. */
  #finish(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    this.#upgrader.finished(this);
    return true;
  }
}
