/**
 * Asks a server with bytes that no client would send.
 *
 * @module
 */
import { dialTarget } from "../client/dialing.ts";
import { readTarget } from "../client/target.ts";
import type { Host } from "../framed/host.ts";
import { makeKey } from "../handshake/accept_key.ts";
import { makeUpgradeRequest } from "../handshake/client_handshake.ts";
import { latin1ToString, stringToLatin1 } from "../handshake/latin1.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlagOptions } from "./connect_options.ts";

/** Milliseconds to wait for an answer. */
const PATIENCE_MS = 3_000;

/** The server, and how it is reached. */
export interface Asked {
  readonly url: string;
  readonly host: Host;
  readonly options: FlagOptions;
}

/** Bytes after the response's head, and whether the server ended the connection. */
export interface Answer {
  readonly bytes: Uint8Array;
  readonly hasEnded: boolean;
}

/** Opens a connection of its own and sends the bytes after the handshake. */
export async function ask({ url, host, options }: Asked, bytes: Uint8Array): Promise<Answer> {
  const target = readTarget(url, options), { headers, protocols } = options;
  const key = makeKey(crypto.getRandomValues(new Uint8Array(16)));
  const request = makeUpgradeRequest({ url: target.url, protocols, headers, key });
  const { runtime, platform: { clock } } = host, patience = new AbortController();
  return await new Promise((resolve) => {
    let text = "", hasSent = false, transport: Transport | null = null;
    const finish = ({ hasEnded }: { hasEnded: boolean }): void => {
      clearTimeout(timer);
      patience.abort();
      transport?.abort();
      const body = text.slice(text.indexOf("\r\n\r\n") + 4);
      resolve({ bytes: stringToLatin1(body), hasEnded });
    };
    const timer = setTimeout(() => finish({ hasEnded: false }), PATIENCE_MS);
    const sink = {
      onChunk(chunk: Uint8Array): void {
        text += latin1ToString(chunk);
        const end = text.indexOf("\r\n\r\n");
        if (end >= 0 && !hasSent) {
          hasSent = true;
          transport?.write(bytes, 0, bytes.length);
        }
        // A pong completes the answer. After a Close the end of the connection is awaited.
        if (end >= 0 && text.charCodeAt(end + 4) === 0x8a) finish({ hasEnded: false });
      },
      onEnd: () => finish({ hasEnded: true }),
      onDrain() {},
      onClose: () => finish({ hasEnded: true }),
    };
    dialTarget(target, { runtime, clock, signal: patience.signal }, sink).then((dialed) => {
      transport = dialed;
      dialed.write(request.bytes, 0, request.bytes.length);
    }, () => finish({ hasEnded: true }));
  });
}
