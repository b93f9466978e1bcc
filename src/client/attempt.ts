/**
 * One request of a client, and what waits for its response.
 *
 * @module
 */
import type { FramedContext } from "../framed/framed_context.ts";
import type { Platform } from "../framed/platform.ts";
import { reportOnConsole } from "../connection/context.ts";
import { readHeaders } from "../handshake/head.ts";
import { resolveLimits } from "../connection/limits.ts";
import { makeCompression } from "../framed/compression.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { makeKey } from "../handshake/accept_key.ts";
import { makeUpgradeRequest } from "../handshake/client_handshake.ts";
import { offerDeflate } from "../handshake/permessage_deflate.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { type DeflateOffer, type Opening, PendingConnect } from "./pending_connect.ts";
import type { Target } from "./target.ts";

/** One opening handshake, before there is a transport. Throws for wrong options. */
export class Attempt {
  /** The request's bytes. */
  readonly request: Uint8Array;
  readonly pending: PendingConnect;

  constructor(
    { url, options }: Target,
    { opening, platform }: { opening: Opening; platform: Platform },
  ) {
    const { onError = reportOnConsole, protocols = [], headers = {} } = options;
    const { allowNoProtocol = false } = options;
    const limits = resolveLimits(options);
    const keepalive = new Keepalive(platform.clock, limits);
    const context: FramedContext = { role: "client", platform, limits, keepalive, onError };
    const key = makeKey(crypto.getRandomValues(new Uint8Array(16)));
    const offered = typeof protocols === "string" ? [protocols] : protocols;
    const deflate = makeDeflateOffer(options.compression, platform);
    const extensions = deflate === null ? [] : [offerDeflate(deflate.wanted)];
    const { head, bytes } = makeUpgradeRequest({
      url,
      protocols: offered,
      headers: [...readHeaders(headers)],
      extensions,
      key,
    });
    this.request = bytes;
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
