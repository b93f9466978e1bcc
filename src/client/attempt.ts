/**
 * One request of a client, and the object that receives its response.
 *
 * @module
 */
import type { FramedContext } from "../framed/framed_context.ts";
import type { Platform } from "../framed/platform.ts";
import { reportOnConsole } from "../connection/context.ts";
import { readHeaders } from "../handshake/head.ts";
import { callChecks } from "../connection/call_checks.ts";
import { resolveLimits } from "../connection/limits.ts";
import { makeCompression } from "../framed/compression.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { makeKey } from "../handshake/accept_key.ts";
import {
  makeUpgradeRequest,
  readUpgradeResponse,
  type UpgradeRequestOptions,
} from "../handshake/client_handshake.ts";
import type { RequestHead } from "../handshake/head.ts";
import { offerDeflate } from "../handshake/permessage_deflate.ts";
import type { ConnectOptions } from "./connect_options.ts";
import {
  type AnswerReader,
  type DeflateOffer,
  type Opening,
  PendingConnect,
} from "./pending_connect.ts";
import type { Target } from "./target.ts";

/** A request in the form to send, and in the form for `connection.request`. */
interface MadeRequest<R> {
  readonly request: R;
  readonly head: RequestHead;
  readonly key: string;
}

/** The opening handshake of one version of HTTP. Its requests have the type `R`. */
export interface HttpVersion<R> extends AnswerReader {
  /** Makes the request. Throws for wrong options. */
  make(options: Omit<UpgradeRequestOptions, "key">): MadeRequest<R>;
}

/** HTTP/1.1: an upgrade. */
export const HTTP_1_1: HttpVersion<Uint8Array> = {
  httpVersion: "1.1",
  status: 101,
  read: readUpgradeResponse,
  make(options) {
    const key = makeKey(crypto.getRandomValues(new Uint8Array(16)));
    const { head, bytes } = makeUpgradeRequest({ ...options, key });
    return { request: bytes, head, key };
  },
};

/** Options of {@linkcode Attempt}. */
export interface AttemptOptions<R> {
  readonly opening: Opening;
  readonly platform: Platform;
  readonly version: HttpVersion<R>;
}

/** One opening handshake, before there is a transport. The constructor throws for wrong options. */
export class Attempt<R> {
  /** The request to send. */
  readonly request: R;
  readonly pending: PendingConnect;

  constructor({ url, options }: Target, { opening, platform, version }: AttemptOptions<R>) {
    const { onError = reportOnConsole, protocols = [], headers = {} } = options;
    const { allowNoProtocol = false } = options;
    const limits = resolveLimits(options);
    const keepalive = new Keepalive(platform.clock, limits);
    const context: FramedContext = {
      role: "client",
      platform,
      limits,
      keepalive,
      onError,
      checks: callChecks,
    };
    const offered = typeof protocols === "string" ? [protocols] : protocols;
    const deflate = makeDeflateOffer(options.compression, platform);
    const extensions = deflate === null ? [] : [offerDeflate(deflate.wanted)];
    const { head, request, key } = version.make({
      url,
      protocols: offered,
      headers: [...readHeaders(headers)],
      extensions,
    });
    this.request = request;
    this.pending = new PendingConnect({
      context,
      opening,
      url,
      head,
      sent: {
        key,
        protocols: offered,
        extensions: extensions.map(({ name }) => name),
        requiresProtocol: !allowNoProtocol,
      },
      answers: version,
      deflate,
      headLimits: options,
    });
  }
}

function makeDeflateOffer(
  option: ConnectOptions["compression"],
  { deflate }: Platform,
): DeflateOffer | null {
  const compression = makeCompression(option, deflate);
  return compression === null ? null : { compression, wanted: compression.offerTerms("client") };
}
