/**
 * Negotiates permessage-deflate (RFC 7692 section 7.1). Offers and answers are plain values.
 *
 * @module
 */
import type { ExtensionOffer } from "./header_values.ts";

/** Registered token of the extension (RFC 7692 section 9.1). */
export const PERMESSAGE_DEFLATE = "permessage-deflate";

/** Compression parameters of one direction. */
export interface DeflateDirection {
  /** Whether a message may refer to earlier ones ("context takeover", section 7.1.1). */
  readonly takeover: boolean;
  /** The LZ77 window has 2 to this power bytes; 8 to 15 (section 7.1.2). */
  readonly windowBits: number;
}

/**
 * Compression parameters of both directions: the wish of one endpoint, or the agreement of both.
 */
export interface DeflateTerms {
  /** Parameters of messages from the server. */
  readonly server: DeflateDirection;
  /** Parameters of messages from the client. */
  readonly client: DeflateDirection;
}

/** A server's answer to offers. */
export interface DeflateAnswer {
  /** The agreement. */
  readonly terms: DeflateTerms;
  /** The element of the response's `Sec-WebSocket-Extensions`. */
  readonly response: ExtensionOffer;
}

/**
 * Smallest window that zlib can compress with. With 2^8 bytes as option it would use 2^9, which may
 * be more than the peer holds.
 */
export const MIN_WINDOW_BITS = 9;
const MAX_WINDOW_BITS = 15;
const WINDOW_BITS = /^(?:[89]|1[0-5])$/; // section 7.1.2: no leading zeros

/** The parameters of one offer or response; `null` where the parameter is absent. */
interface Parameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  readonly serverWindowBits: number | null;
  /** `true` without a value: the client supports any window. */
  readonly clientWindowBits: number | true | null;
}

/**
 * Accepts the first of a client's offers that is supported. An offer with an unknown, repeated or
 * malformed parameter is declined (section 5.1). Returns `null` if all are declined.
 */
export function answerDeflate(
  offers: readonly ExtensionOffer[],
  wanted: DeflateTerms,
): DeflateAnswer | null {
  for (const offer of offers) {
    if (offer.name !== PERMESSAGE_DEFLATE) continue;
    const offered = readParameters(offer);
    if (offered === null) continue;
    const limit = offered.serverWindowBits ?? MAX_WINDOW_BITS;
    if (limit < MIN_WINDOW_BITS) continue;
    return answer(offered, wanted);
  }
  return null;
}

function answer(offered: Parameters, wanted: DeflateTerms): DeflateAnswer {
  const server: DeflateDirection = {
    takeover: wanted.server.takeover && !offered.serverNoTakeover,
    windowBits: Math.min(wanted.server.windowBits, offered.serverWindowBits ?? MAX_WINDOW_BITS),
  };
  // Section 7.1.2.2: only a client that offers the parameter can be told a window.
  const hint = offered.clientWindowBits;
  const client: DeflateDirection = {
    takeover: wanted.client.takeover && !offered.clientNoTakeover,
    windowBits: hint === null
      ? MAX_WINDOW_BITS
      : Math.min(wanted.client.windowBits, hint === true ? MAX_WINDOW_BITS : hint),
  };
  const params: [string, string | true][] = [];
  if (!server.takeover) params.push(["server_no_context_takeover", true]);
  if (!client.takeover) params.push(["client_no_context_takeover", true]);
  // Section 7.1.2.1: the answer to an offer with this parameter has it as well, also if it is 15.
  if (server.windowBits < MAX_WINDOW_BITS || offered.serverWindowBits !== null) {
    params.push(["server_max_window_bits", String(server.windowBits)]);
  }
  if (client.windowBits < MAX_WINDOW_BITS) {
    params.push(["client_max_window_bits", String(client.windowBits)]);
  }
  return { terms: { server, client }, response: { name: PERMESSAGE_DEFLATE, params } };
}

/** Makes a client's offer. The client supports any window that the server asks for. */
export function offerDeflate(wanted: DeflateTerms): ExtensionOffer {
  const params: [string, string | true][] = [];
  if (!wanted.server.takeover) params.push(["server_no_context_takeover", true]);
  if (!wanted.client.takeover) params.push(["client_no_context_takeover", true]);
  if (wanted.server.windowBits < MAX_WINDOW_BITS) {
    params.push(["server_max_window_bits", String(wanted.server.windowBits)]);
  }
  const isOpen = wanted.client.windowBits === MAX_WINDOW_BITS;
  params.push(["client_max_window_bits", isOpen ? true : String(wanted.client.windowBits)]);
  return { name: PERMESSAGE_DEFLATE, params };
}

/**
 * Reads a server's answer to {@linkcode offerDeflate}. Returns `null` if it does not answer the
 * offer; the client must then fail the connection (section 5.1).
 */
export function readDeflateAnswer(
  response: ExtensionOffer,
  wanted: DeflateTerms,
): DeflateTerms | null {
  const agreed = readParameters(response);
  if (agreed === null || agreed.clientWindowBits === true) return null;
  // Section 7.1.1.1: a server that does not support a requested parameter must decline the offer.
  if (!wanted.server.takeover && !agreed.serverNoTakeover) return null;
  const serverBits = agreed.serverWindowBits ?? MAX_WINDOW_BITS;
  if (serverBits > wanted.server.windowBits) return null;
  // Section 7.1.2.2: a server may ignore the window of our offer. We use it all the same.
  const clientBits = Math.min(
    wanted.client.windowBits,
    agreed.clientWindowBits ?? MAX_WINDOW_BITS,
  );
  return {
    server: { takeover: !agreed.serverNoTakeover, windowBits: serverBits },
    client: {
      takeover: wanted.client.takeover && !agreed.clientNoTakeover,
      windowBits: clientBits,
    },
  };
}

function readParameters({ params }: ExtensionOffer): Parameters | null {
  const values = new Map<string, string | true>(params);
  if (values.size !== params.length) return null; // a parameter is repeated
  let known = 0;
  const take = (name: string): string | true | null => {
    const value = values.get(name) ?? null;
    if (value !== null) known++;
    return value;
  };
  const serverNoTakeover = take("server_no_context_takeover");
  const clientNoTakeover = take("client_no_context_takeover");
  const serverBits = take("server_max_window_bits");
  const clientBits = take("client_max_window_bits");
  if (known !== values.size) return null;
  if (typeof serverNoTakeover === "string" || typeof clientNoTakeover === "string") return null;
  if (serverBits !== null && (serverBits === true || !WINDOW_BITS.test(serverBits))) return null;
  if (typeof clientBits === "string" && !WINDOW_BITS.test(clientBits)) return null;
  return {
    serverNoTakeover: serverNoTakeover !== null,
    clientNoTakeover: clientNoTakeover !== null,
    serverWindowBits: serverBits === null ? null : Number(serverBits),
    clientWindowBits: typeof clientBits === "string" ? Number(clientBits) : clientBits,
  };
}
