/**
 * Refuses a request as a server of `ws` does.
 *
 * @module
 */
import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { HeaderList } from "../handshake/head.ts";
import { PLAIN_TEXT } from "../handshake/server_handshake.ts";
import { writeResponse } from "../handshake/write_head.ts";

/** An answer that refuses. */
export interface RefusedRequest {
  readonly status: number;
  /** @default the status in words */
  readonly body?: string | undefined;
  readonly headers?: HeaderList;
}

/** Sends the answer, and ends the socket. */
export function refuseSocket(socket: Duplex, { status, body, headers }: RefusedRequest): void {
  const statusText = STATUS_CODES[status] ?? "";
  const bytes = writeResponse(
    { status, statusText, headers: headers ?? [PLAIN_TEXT] },
    body ?? statusText,
  );
  socket.once("finish", () => socket.destroy());
  socket.end(bytes);
}

/** Converts header fields of `node:http` to a list. */
export function toHeaderList(headers: OutgoingHttpHeaders): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined)
      .map((one): [string, string] => [name, String(one)])
  );
}
